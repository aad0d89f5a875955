import { openSqlStore } from './open-stores.ts'

// A process that opens the store of the file that is its argument, and prints the id of the data key it found or made.
const { durable, keyring } = await openSqlStore(process.argv[2] ?? '', () => Date.now())
process.stdout.write(`${keyring.currentKeyId()}\n`)
await durable.close()
