'use strict'

const createConfig = require('uni-config-center')

const DAY_MS = 86400000
const db = uniCloud.database()

/** Every night at three (UTC+8): forgets what was done long ago. */
exports.main = async (event) => {
  const days = createConfig({ pluginId: 'shop' }).config('keepDoneDays', 7)
  const before = Date.now() - days * DAY_MS
  const { deleted } = await db
    .collection('todo')
    .where({ done: true, doneAt: db.command.lt(before) })
    .remove()
  console.log(event.TriggerName || 'by hand', 'removed', deleted)
  return { deleted }
}
