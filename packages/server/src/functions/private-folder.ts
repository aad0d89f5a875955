import { chmodSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'drawbridge-functions-'

/** Makes a folder for copies of code and for workers' files, and removes those that a killed server left. */
export function makePrivateFolder(isPassable: boolean): string {
  const parent = realpathSync(tmpdir())
  const world = `${PREFIX}${processWorld()}-`
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(world) ? Number.parseInt(name.slice(world.length), 10) : Number.NaN
    if (Number.isInteger(pid) && pid > 0 && !isAlive(pid)) rmSync(join(parent, name), { recursive: true, force: true })
  }
  const folder = mkdtempSync(join(parent, `${world}${process.pid}-`))
  // Another user's workers pass through it to folders of their own; nobody lists it.
  if (isPassable) chmodSync(folder, 0o711)
  return folder
}

/** Process ids mean something among processes of one namespace only: containers may share a temporary folder. */
function processWorld(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
  } catch {
    // No namespaces, one world.
    return '0'
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return !(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')
  }
}
