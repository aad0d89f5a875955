import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { openSqlStore, testFolder } from './open-stores.ts'

test('a process killed at any moment of its writing loses nothing that was acknowledged', async (context) => {
  const path = join(await testFolder(context), 'store.sqlite')
  for (let round = 0; round < 20; round += 1) {
    const acknowledged = await writeAndKill(path, 1 + round * 3)
    const { durable } = await openSqlStore(path, () => Date.now())
    for (const [key, revision] of acknowledged) {
      const record = await durable.read(key)
      assert.ok(record !== undefined && record.revision >= revision, `${key}: ${revision} was acknowledged`)
      assert.deepEqual(record.value, { access_token: `${key} ${record.revision}` })
    }
    await durable.close()
  }
})

/** The last acknowledged revision of each key. Killed when so many writes were acknowledged. */
async function writeAndKill(path: string, writes: number): Promise<ReadonlyMap<string, number>> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'write-until-killed.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged = new Map<string, number>()
  let count = 0
  for await (const line of createInterface({ input: writer.stdout })) {
    const [key = '', revision] = line.split(' ')
    acknowledged.set(key, Number(revision))
    count += 1
    if (count === writes) writer.kill('SIGKILL')
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
  assert.equal(writer.signalCode, 'SIGKILL')
  return acknowledged
}
