import { openSqlStore } from './open-stores.ts'

// A process that writes to the store of the file that is its argument until it is killed, and prints each revision
// once it was acknowledged.
const { durable } = await openSqlStore(process.argv[2] ?? '', () => Date.now())
const keys = ['a', 'b', 'c', 'd']
const revisions = new Map<string, number>()
for (const key of keys) revisions.set(key, (await durable.read(key))?.revision ?? 0)

async function writeOn(key: string): Promise<never> {
  for (;;) {
    const expected = revisions.get(key) ?? 0
    const record = {
      value: { access_token: `${key} ${expected + 1}` },
      revision: expected + 1,
      obtainedAt: 0,
      expiresAt: null,
      source: 'pushed',
    } as const
    if (!(await durable.write(key, record, expected))) throw new Error('another revision is stored')
    revisions.set(key, expected + 1)
    process.stdout.write(`${key} ${expected + 1}\n`)
  }
}

await Promise.all(keys.map(writeOn))
