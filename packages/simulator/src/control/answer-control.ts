import type { RawCall } from '../http/call.ts'
import type { Reply } from '../http/reply.ts'
import { SimulatorError } from '../simulator-error.ts'
import type { SimulatorErrorCode } from '../simulator-error.ts'
import { controlRoutes } from './control-routes.ts'
import type { ControlRoute } from './control-route.ts'
import type { ControlInput } from './control-input.ts'
import type { Control } from './control.ts'

/** Where the control URL lives. */
export const CONTROL_PREFIX = '/_simulator'

/** Who may use the control URL. */
export type ControlFrom = 'loopback' | 'anywhere' | 'nowhere'

/** Is this request for the control URL, not for the platform? */
export function isControlPath(url: string): boolean {
  return url === CONTROL_PREFIX || url.startsWith(`${CONTROL_PREFIX}/`) || url.startsWith(`${CONTROL_PREFIX}?`)
}

/** Answers a request to the control URL as JSON; what goes wrong is `{"error":{"code","message"}}` with its status. */
export async function answerControl(
  raw: RawCall,
  { control, controlFrom }: { readonly control: Control; readonly controlFrom: ControlFrom },
): Promise<Reply> {
  try {
    checkCaller(raw, controlFrom)
    const { pathname, searchParams } = new URL(raw.url, 'http://simulator')
    const [found, id] = findRoute(raw.method, pathname.slice(CONTROL_PREFIX.length) || '/')
    const query = Object.assign(Object.create(null) as object, Object.fromEntries(searchParams))
    const answer = await found.answer({
      control,
      id,
      query: query,
      body: bodyOf(raw),
    })
    return json(200, answer === undefined ? { ok: true } : answer)
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error
    return json(statusOf[error.code] ?? 400, { error: { code: error.code, message: error.message } })
  }
}

const statusOf: Partial<Record<SimulatorErrorCode, number>> = {
  CONTROL_REFUSED: 403,
  CONTROL_ROUTE_UNKNOWN: 404,
  APP_UNKNOWN: 404,
  USER_UNKNOWN: 404,
}

function checkCaller(raw: RawCall, from: ControlFrom): void {
  if (from === 'nowhere' || (from === 'loopback' && !raw.isLoopback)) {
    throw new SimulatorError('CONTROL_REFUSED', 'The control URL is open to this machine only (see controlFrom).')
  }
  // A web page in the developer's browser also comes from this machine; it always sends an Origin with what it changes.
  if (raw.headers['origin'] !== undefined || raw.headers['sec-fetch-site'] === 'cross-site') {
    throw new SimulatorError('CONTROL_REFUSED', 'The control URL is not for web pages.')
  }
}

function findRoute(method: string, path: string): [ControlRoute, string] {
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path
  for (const route of controlRoutes) {
    if (route.method !== method) continue
    const id = matchPath(route.path, trimmed)
    if (id !== undefined) return [route, id]
  }
  throw new SimulatorError(
    'CONTROL_ROUTE_UNKNOWN',
    `There is no ${method} ${CONTROL_PREFIX}${trimmed}; see GET ${CONTROL_PREFIX}/.`,
  )
}

function matchPath(pattern: string, path: string): string | undefined {
  if (!pattern.includes(':id')) return pattern === path ? '' : undefined
  const [before = '', after = ''] = pattern.split(':id')
  if (!path.startsWith(before) || !path.endsWith(after)) return undefined
  const id = path.slice(before.length, path.length - after.length)
  return id === '' || id.includes('/') ? undefined : decode(id)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function bodyOf(raw: RawCall): ControlInput {
  if (raw.body.length === 0) return {}
  const parsed = tryJson(raw.body.toString('utf8'))
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as ControlInput
  throw new SimulatorError('CONTROL_INPUT_INVALID', 'The body must be a JSON object.')
}

function tryJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}

function json(status: number, value: unknown): Reply {
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(value, null, 2) + '\n',
    headers: {},
  }
}
