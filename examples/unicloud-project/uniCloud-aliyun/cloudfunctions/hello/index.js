'use strict'

const createConfig = require('uni-config-center')
const { greet } = require('greeting')

const shop = createConfig({ pluginId: 'shop' })

exports.main = async (event, context) => {
  const { name = 'world', hour = new Date().getUTCHours() } = event
  console.log('greeting', name, 'for', context.CLIENTIP || 'nobody')
  return { text: greet(name, hour, shop.config('words')), source: context.SOURCE, requestId: context.requestId }
}
