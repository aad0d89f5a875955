import type { Report } from './mistake.ts'
import { at, elements } from './place.ts'
import type { Place } from './place.ts'

/** Reports ids that the apps of `secureNetwork.apps` have as release and as development. What is no app is passed over. */
export function checkBindings(apps: Place, report: Report): void {
  for (const app of elements(apps)) {
    const development = elements(at(app, 'development')).map(({ value }) => value)
    for (const { value: id } of elements(at(app, 'release')))
      if (typeof id === 'string' && development.includes(id)) report('SECURE_BINDING_TWICE', app, { id })
  }
}
