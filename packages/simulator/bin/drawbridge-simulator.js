#!/usr/bin/env node
// Plain JavaScript without imports of its own, so that an old Node can read it far enough to say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`drawbridge-simulator needs Node 22.19 or newer; this is ${process.versions.node}.`)
  console.error(`drawbridge-simulator 需要 Node 22.19 或更高版本；当前为 ${process.versions.node}。`)
  process.exit(1)
}
const published = new URL('../dist/cli.js', import.meta.url)
const { existsSync } = await import('node:fs')
const { runCli } = await import(
  existsSync(new URL('../src/cli.ts', import.meta.url)) ? '../src/cli.ts' : published.href
)
await runCli(process.argv.slice(2))
