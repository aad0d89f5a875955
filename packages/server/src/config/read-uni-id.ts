import type { App, PlatformId } from '@drawbridge/bridge'
import type { Report } from './mistake.ts'
import type { Place } from './place.ts'
import { at, elements, isObject, members, textAt } from './place.ts'
import { platformIds, platformTable } from './platform-table.ts'
import type { ProjectOptions } from './project-options.ts'
import { anyDcloudAppid } from './server-config.ts'
import { suggest } from './suggest.ts'

/**
 * The apps of `uni-id/config.json`, object or array form, and the dcloudAppids it names. Unlike the reference, the object form's dcloudAppid is kept
 * and compared; without one the apps serve any (`anyDcloudAppid`).
 */
export function readUniId(
  root: Place,
  report: Report,
  options: ProjectOptions,
): { readonly apps: readonly App[]; readonly dcloudAppids: readonly string[] } {
  const apps: App[] = []
  const add = (app: App, place: Place) => addApp(apps, app, place, report)
  if (isObject(root.value)) {
    const dcloudAppid = textAt(at(root, 'dcloudAppid')) ?? anyDcloudAppid
    readProject(root, dcloudAppid, add, report, options)
    return { apps, dcloudAppids: [dcloudAppid] }
  }
  if (!Array.isArray(root.value)) {
    report('VALUE_WRONG', root, { expected: '{ … } | [ { … } ]' })
    return { apps, dcloudAppids: [] }
  }
  const seen = new Set<string>()
  for (const entry of elements(root)) {
    if (!isObject(entry.value)) {
      report('VALUE_WRONG', entry, { expected: '{ … }' })
      continue
    }
    const dcloudAppid = textAt(at(entry, 'dcloudAppid'))
    if (dcloudAppid === undefined) {
      report('DCLOUD_APPID_MISSING', entry)
    } else if (seen.has(dcloudAppid)) {
      report('DCLOUD_APPID_REPEATED', at(entry, 'dcloudAppid'), { dcloudAppid })
    } else {
      seen.add(dcloudAppid)
      readProject(entry, dcloudAppid, add, report, options)
    }
  }
  return { apps, dcloudAppids: [...seen] }
}

type Add = (app: App, place: Place) => void

function readProject(project: Place, dcloudAppid: string, add: Add, report: Report, options: ProjectOptions): void {
  const dcloudAppidPlace = at(project, 'dcloudAppid')
  if (dcloudAppidPlace.value !== undefined && typeof dcloudAppidPlace.value !== 'string') {
    report('VALUE_WRONG', dcloudAppidPlace, { expected: '"__UNI__…"' })
  }
  reportNearMisses(project, report)
  const rootApp = textAt(at(project, 'appid')) && textAt(at(project, 'appsecret')) ? project : undefined
  if (rootApp) report('APP_AT_ROOT', at(project, 'appid'))
  for (const platform of platformIds) {
    const candidates = platformTable[platform].uniIdPaths.map((path) => at(project, ...path))
    const written = candidates.filter(({ value }) => value !== undefined)
    if (written.length === 0 && rootApp) written.push(rootApp)
    const complete = written.find((place) => textAt(at(place, 'appid')) && textAt(at(place, 'appsecret')))
    for (const place of written) if (place !== rootApp) reportIncomplete(place, platform, report)
    const appid = complete && textAt(at(complete, 'appid'))
    const secret = complete && textAt(at(complete, 'appsecret'))
    if (!complete || !appid || !secret) continue
    const tokenEndpoint = options.tokenEndpointOf?.(platform, appid) ?? platformTable[platform].tokenEndpoint
    add({ platform, appid, secret, dcloudAppid, tokenEndpoint }, complete)
  }
}

/** Both fields empty is the untouched template, and no mistake. */
function reportIncomplete(place: Place, platform: PlatformId, report: Report): void {
  if (!isObject(place.value)) return report('VALUE_WRONG', place, { expected: '{ "appid": "…", "appsecret": "…" }' })
  for (const key of ['appid', 'appsecret'] as const) {
    const field = at(place, key)
    if (typeof field.value === 'number') report('QUOTES_MISSING', field, {}, 'warning')
    else if (field.value !== undefined && typeof field.value !== 'string') {
      report('VALUE_WRONG', field, { expected: '"…"' }, 'warning')
    }
  }
  for (const [key, member] of members(place)) {
    if (key === 'appid' || key === 'appsecret') continue
    const suggestion = key === 'secret' ? 'appsecret' : suggest(key, ['appid', 'appsecret'])
    if (suggestion) report('KEY_UNKNOWN', member, { key, suggestion }, 'warning')
  }
  const appid = textAt(at(place, 'appid'))
  const secret = textAt(at(place, 'appsecret'))
  if (appid && !secret) report('APP_SECRET_MISSING', at(place, 'appsecret'), { appid, platform })
  if (!appid && secret) report('APP_ID_MISSING', at(place, 'appid'), { platform })
}

/** The keys on the way to an app; uni-id has many others of its own, which are none of our business. */
const knownKeys = ['mp-weixin', 'web', 'h5-weixin', 'h5', 'app', 'app-plus', 'mp-qq', 'dcloudAppid'] as const

/** Keys of uni-id that look like one of ours but are not. */
const othersKeys = new Set<string>(['mp-alipay', 'mp-baidu', 'mp-toutiao', 'mp-lark', 'mp-kuaishou', 'mp-jd', 'web-h5'])

function reportNearMisses(project: Place, report: Report): void {
  for (const [key, member] of members(project)) {
    const isKnown = (knownKeys as readonly string[]).includes(key) || othersKeys.has(key)
    const suggestion = isKnown || key.length < 5 ? undefined : suggest(key, knownKeys)
    if (suggestion) report('KEY_UNKNOWN', member, { key, suggestion }, 'warning')
    if (key === 'mp-weixin' || key === 'web' || key === 'mp-qq') reportProviders(member, key, report)
  }
}

const providersOf: Readonly<Record<'mp-weixin' | 'web' | 'mp-qq', readonly string[]>> = {
  'mp-weixin': ['weixin'],
  web: ['weixin-h5', 'weixin-web'],
  'mp-qq': ['qq'],
}

function reportProviders(platform: Place, key: keyof typeof providersOf, report: Report): void {
  const known = providersOf[key]
  for (const [provider, place] of members(at(platform, 'oauth'))) {
    if (known.includes(provider)) continue
    const suggestion = suggest(provider, known)
    if (suggestion) report('KEY_UNKNOWN', place, { key: provider, suggestion }, 'warning')
  }
}

function addApp(apps: App[], app: App, place: Place, report: Report): void {
  const twin = apps.find(({ platform, appid }) => platform === app.platform && appid === app.appid)
  if (twin && twin.secret !== app.secret) {
    report('APP_SECRETS_DIFFER', at(place, 'appsecret'), { appid: app.appid, platform: app.platform })
    return
  }
  apps.push(app)
}
