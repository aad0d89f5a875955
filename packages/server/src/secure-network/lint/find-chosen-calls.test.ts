import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findChosenCalls } from './find-chosen-calls.ts'
import { parseSource } from './parse-source.ts'

function found(source: string, isEntry = true, file = 'index.js'): readonly string[] {
  const parsed = parseSource(file, source)
  assert.ok('program' in parsed, 'reason' in parsed ? parsed.reason : '')
  return findChosenCalls(parsed, { isEntry }).map(({ line, written }) => `${line} ${written}`)
}

const chosen: readonly (readonly [body: string, written: string])[] = [
  ['await uniCloud.callFunction({ name: event.name, data: event.data })', 'event.name'],
  ['uniCloud.callFunction({ data: {}, "name": event["fn"] })', 'event["fn"]'],
  ['const { name } = event; return uniCloud.callFunction({ name })', 'name'],
  ['const { to: { name = "x" }, ...rest } = event; uniCloud.callFunction({ name })', 'name'],
  ['let name; name = event.name; uniCloud.callFunction({ name })', 'name'],
  ['uniCloud.callFunction(event)', 'event'],
  ['uniCloud.callFunction({ name: "a", ...event })', 'event'],
  ['const options = { name: event.name }; uniCloud.callFunction(options)', 'event.name'],
  ['const o = { data: {} }; o.name = event.name; uniCloud.callFunction(o)', 'o'],
  ['uniCloud.callFunction({ name: `do-${event.what}` })', '`do-${event.what}`'],
  ['uniCloud.callFunction({ name: "do-" + event.what })', '"do-" + event.what'],
  ['uniCloud.callFunction({ name: event.name || "pay" })', 'event.name || "pay"'],
  ['uniCloud.callFunction({ name: String(event.name).trim() })', 'String(event.name).trim()'],
  ['const { name } = JSON.parse(event.body); uniCloud.callFunction({ name })', 'name'],
  ['for (const name of event.names) uniCloud.callFunction({ name })', 'name'],
  ['event.names.map((name) => 1); uniCloud.importObject(event.object)', 'event.object'],
  ["uniCloud['callFunction']({ name: event.name })", 'event.name'],
  ['uniCloud[`callFunction`]({ ["name"]: event.name })', 'event.name'],
  ['uniCloud?.["callFunction"]?.({ name: event.name })', 'event.name'],
  ['const call = "callFunction"; uniCloud[call]({ name: event.name })', 'event.name'],
  ['uniCloud["importObject"](event.object)', 'event.object'],
  ['const o = { data: {} }; o["name"] = event.name; uniCloud.callFunction(o)', 'o'],
  ['const cloud = uniCloud.init({}); cloud.callFunction({ name: event.name })', 'event.name'],
]
for (const [body, written] of chosen)
  test(`a caller chooses the function in: ${body}`, () => {
    assert.deepEqual(found(`exports.main = async (event, context) => {\n  ${body}\n}`), [`2 ${written}`])
  })

const fixed = [
  'uniCloud.callFunction({ name: "pay", data: event })',
  'const options = { name: "pay", data: event }; uniCloud.callFunction(options)',
  'uniCloud.callFunction({ ...event, name: "pay" })',
  'const names = { a: "pay" }; uniCloud.callFunction({ name: names[event.kind] })',
  'uniCloud.callFunction({ name: event.isNew ? "create" : "update" })',
  'const name = "pay"; uniCloud.callFunction({ name, data: event.data })',
  'const o = { name: "pay" }; o.data = event; uniCloud.callFunction(o)',
  'uniCloud.importObject("todo", event)',
  'const call = (name) => uniCloud.callFunction({ name }); call("pay")',
  'const callFunction = "deleteFile"; uniCloud[callFunction]({ name: event.name })',
  'uniCloud["callFunction"]({ name: "pay", data: event })',
  'event.callFunction = 1; callOther({ name: event.name })',
]
for (const body of fixed)
  test(`the code chooses the function in: ${body}`, () => {
    assert.deepEqual(found(`exports.main = async (event, context) => {\n  ${body}\n}`), [])
  })

const sources: readonly (readonly [source: string, line: number])[] = [
  ['export async function main({ name }) {\n  return uniCloud.callFunction({ name })\n}', 2],
  ['export const main = wrap(async (event) => {\n  return uniCloud.callFunction(event)\n})', 2],
  ['async function run(event) {\n  return uniCloud.callFunction(event)\n}\nexports.main = run', 2],
  ['const run = async (event) =>\n  uniCloud.callFunction(event)\nexport { run as main }', 2],
  ['module.exports = {\n  async call(name) { return uniCloud.importObject(name) }\n}', 2],
  ['module.exports = {\n  _before() { const [name] = this.getParams(); uniCloud.callFunction({ name }) }\n}', 2],
  ['exports.main = (event) => forward(event.name)\nfunction forward(name) {\n  uniCloud.callFunction({ name })\n}', 3],
  [
    'exports.main = (event) => a(event)\nconst a = (e) => b(e.n)\nconst b = (name) => uniCloud.callFunction({ name })',
    3,
  ],
]
for (const [source, line] of sources)
  test(`what a caller sends is followed in: ${source.replaceAll('\n', ' ')}`, () => {
    assert.deepEqual(
      found(source).map((text) => Number.parseInt(text, 10)),
      [line],
    )
  })

test('what a module exports is called by the project’s own code, and read from callers only where it says so', () => {
  assert.deepEqual(found('exports.call = (name) => uniCloud.callFunction({ name })', false), [])
  assert.deepEqual(found('exports.call = (o) => uniCloud.callFunction({ name: o.getHttpInfo().path })', false), [
    '1 o.getHttpInfo().path',
  ])
})

test('types do not hide it', () => {
  const source = `export async function main(event: { name: string }) {\n  const n: string = event.name as string\n  return uniCloud.callFunction({ name: n! })\n}`
  assert.deepEqual(found(source, true, 'index.ts'), ['3 n'])
})
