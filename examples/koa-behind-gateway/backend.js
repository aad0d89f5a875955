import Koa from 'koa'
import { WebSocketServer } from 'ws'
import { isFromGateway } from './is-from-gateway.js'

const { HOST = '127.0.0.1', PORT = '3000', GATEWAY_KEY = '' } = process.env
if (GATEWAY_KEY.length < 32) throw new Error('GATEWAY_KEY has to be the signingKey of drawbridge.config.json')

const orders = new Map()
const app = new Koa()

// Nothing reaches the routes below that did not come through the gateway.
app.use(async (ctx, next) => {
  const pieces = []
  for await (const piece of ctx.req) pieces.push(piece)
  const body = Buffer.concat(pieces)
  if (!isFromGateway(ctx.req, body, GATEWAY_KEY)) ctx.throw(401, 'not from the gateway')
  ctx.state.openid = ctx.get('x-drawbridge-openid')
  ctx.state.text = body.toString()
  await next()
})

app.use((ctx) => {
  const { openid, text } = ctx.state
  if (ctx.path !== '/orders') ctx.throw(404)
  const own = orders.get(openid) ?? []
  if (ctx.method === 'GET') {
    ctx.body = { openid, orders: own }
    return
  }
  const order = { id: own.length + 1, ...JSON.parse(text) }
  orders.set(openid, [...own, order])
  ctx.status = 201
  ctx.body = order
})

// Sockets of one user at /orders/news: each hears what the others say.
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1_048_576 })
const listeners = new Map()
sockets.on('connection', (socket, req) => {
  const openid = req.headers['x-drawbridge-openid']
  const own = listeners.get(openid) ?? new Set()
  listeners.set(openid, own.add(socket))
  socket.on('message', (data, isBinary) => {
    for (const other of own) other.send(data, { binary: isBinary })
  })
  socket.on('error', console.error)
  socket.on('close', () => {
    own.delete(socket)
    if (own.size === 0) listeners.delete(openid)
  })
})

const server = app.listen(Number(PORT), HOST, () => {
  console.log(`listening on http://${HOST}:${server.address().port}`)
})

server.on('upgrade', (req, connection, head) => {
  if (req.url === '/orders/news' && isFromGateway(req, Buffer.alloc(0), GATEWAY_KEY))
    sockets.handleUpgrade(req, connection, head, (socket) => sockets.emit('connection', socket, req))
  else connection.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
})
