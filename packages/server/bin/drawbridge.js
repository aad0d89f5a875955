#!/usr/bin/env node
// Read by whatever Node there is: nothing newer than its own check may stand above the check.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    [
      'Drawbridge needs Node 22.19 or newer; this is Node ' + process.versions.node + '.',
      'In the repository, "npm start" brings its own Node 24; elsewhere install one from https://nodejs.org.',
      'Drawbridge 需要 Node 22.19 或更新版本，当前为 ' + process.versions.node + '。',
      '在仓库中执行 npm start 会自带 Node 24；其他环境请从 https://nodejs.org 安装。',
    ].join('\n'),
  )
  process.exit(1)
}

const { existsSync } = await import('node:fs')
const { enableCompileCache } = await import('node:module')
// Beside the code and not in a folder that others may write: from the second start on, nothing is compiled anew.
enableCompileCache(new URL('../node_modules/.cache/', import.meta.url).pathname)
// In the repository the sources run as they are; what is published holds their build.
const source = new URL('../src/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href)
await main()
