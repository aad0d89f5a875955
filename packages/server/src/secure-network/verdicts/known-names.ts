import type { FunctionHost } from '../../functions/function-host.ts'
import { findBinding } from '../bindings.ts'
import { builtInNames } from '../policy/built-in-names.ts'
import type { AssociatedApp } from '../policy-source.ts'
import type { KnownNames } from './kept-call.ts'

/** The functions that a host has now, the built-in objects, and the apps of the applications list. */
export function knownNames(apps: readonly AssociatedApp[], host: Pick<FunctionHost, 'find'>): KnownNames {
  return {
    isFunction: (spaceId, name) => builtInNames.includes(name) || host.find(spaceId, name) !== undefined,
    isApp: (appId, platform) =>
      platform === undefined
        ? apps.some((app) => app.appId === appId)
        : 'version' in findBinding(apps, { appId, platform }),
  }
}
