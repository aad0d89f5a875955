import { defaultSwitches, parseSwitches } from '../switches.ts'
import type { SwitchName, Switches } from '../switches.ts'
import type { App } from './apps.ts'

/** The switches in their present positions; an app's own position wins. */
export interface SwitchBoard {
  get<K extends SwitchName>(name: K, app?: App): Switches[K]
  all(): Switches
  /** Throws SWITCH_UNKNOWN or SWITCH_INVALID. */
  set(positions: Partial<Switches>): void
  reset(): void
}

/** Starts with the defaults and the positions given. */
export function createSwitchBoard(initial: Partial<Switches>): SwitchBoard {
  let current: Switches = { ...defaultSwitches, ...parseSwitches(initial) }
  return {
    get: (name, app) => app?.switches[name] ?? current[name],
    all: () => current,
    set(positions) {
      current = { ...current, ...parseSwitches(positions) }
    },
    reset() {
      current = { ...defaultSwitches, ...initial }
    },
  }
}
