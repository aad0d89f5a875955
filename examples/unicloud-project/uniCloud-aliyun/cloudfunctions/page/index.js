'use strict'

/** A page for browsers, and whatever a payment provider or another system posts: `path` in package.json makes it a URL. */
exports.main = async (event) => {
  if (event.path === '/') {
    const { name = 'world' } = event.queryStringParameters
    return reply(200, { 'content-type': 'text/html' }, `<!doctype html><h1>Hello, ${escapeHtml(name)}</h1>`)
  }
  if (event.path === '/echo' && event.httpMethod === 'POST') {
    const body = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString() : event.body
    return { received: body, type: event.headers['content-type'] }
  }
  return reply(404, { 'content-type': 'text/plain' }, 'Not found')
}

function reply(statusCode, headers, body) {
  return { mpserverlessComposedResponse: true, isBase64Encoded: false, statusCode, headers, body }
}

function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
