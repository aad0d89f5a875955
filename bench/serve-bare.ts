import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The baseline: `node:http` answering a constant of the same size, and nothing else. */
const body = Buffer.from(process.env['BODY'] ?? '{}')
const server = createServer((request, response) => {
  // What comes with a body has to be read to its end, here as there.
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.on('disconnect', () => process.exit(0))
