import type { CallFilter } from '../calls/call-log.ts'
import type { FailureInput } from '../failures/failure-book.ts'
import { failureTable } from '../failures/table.ts'
import { defaultLimits } from '../limits/limit-table.ts'
import type { Limits } from '../limits/limit-table.ts'
import { SimulatorError } from '../simulator-error.ts'
import { parseSwitches, switchTable } from '../switches.ts'
import * as field from './control-input.ts'
import type { ControlInput } from './control-input.ts'
import { route } from './control-route.ts'
import type { ControlRoute } from './control-route.ts'
import type { Control } from './control.ts'

/** Routes for failures, calls, switches, limits and state. */
export const observeRoutes: readonly ControlRoute[] = [
  route('GET', '/failures', 'Failures in force, and all kinds.', '生效中的故障与全部种类。', ({ control }) => ({
    failures: control.failures.list(),
    kinds: failureKinds(),
  })),
  route(
    'POST',
    '/failures',
    'Injects a failure: `kind`, `path`, `appid`, `count`, `probability`, `forMs`, …',
    '注入故障：`kind`、`path`、`appid`、`count`、`probability`、`forMs` 等。',
    ({ control, body }) => ({ id: control.failures.inject(body as unknown as FailureInput) }),
  ),
  route('DELETE', '/failures', 'Removes all failures.', '移除全部故障。', ({ control }) => control.failures.clear()),
  route('DELETE', '/failures/:id', 'Removes one failure.', '移除单个故障。', ({ control, id }) => ({
    removed: control.failures.remove(id),
  })),
  route(
    'GET',
    '/calls',
    'Logged calls: `?path&appid&host&errcode&limit`.',
    '调用日志：`?path&appid&host&errcode&limit`。',
    ({ control, query }) => {
      const limit = field.queryNumber(query, 'limit')
      return control.calls.list({ ...filter(query), ...(limit === undefined ? {} : { limit }) })
    },
  ),
  route(
    'GET',
    '/calls/count',
    'How many calls: the same filters.',
    '调用次数，过滤条件同上。',
    ({ control, query }) => ({ count: control.calls.count(filter(query)) }),
  ),
  route(
    'GET',
    '/calls/counts',
    'Calls by host, path, app and errcode.',
    '按主机、路径、应用、错误码统计。',
    ({ control }) => control.calls.counts(),
  ),
  route(
    'GET',
    '/calls/last',
    'The last matching call, or null.',
    '最近一次匹配的调用，没有则为 null。',
    ({ control, query }) => control.calls.last(filter(query)) ?? null,
  ),
  route('DELETE', '/calls', 'Clears counts and log.', '清空计数与日志。', ({ control }) => control.calls.clear()),
  route(
    'GET',
    '/switches',
    'Every switch: position, default, meaning.',
    '全部开关：当前值、默认值、含义。',
    ({ control }) => switches(control),
  ),
  route('POST', '/switches', 'Sets switches by name.', '按名称设置开关。', ({ control, body }) => {
    control.switches.set(parseSwitches(body))
    return control.switches.all()
  }),
  route('DELETE', '/switches', 'All switches back to where they began.', '开关恢复初始值。', ({ control }) =>
    control.switches.reset(),
  ),
  route('POST', '/limits', 'Sets limits by name.', '按名称设置限额。', ({ control, body }) =>
    control.limits.set(limits(body)),
  ),
  route(
    'GET',
    '/state/:id',
    'What was handed out to an app and one user: `?user` or `?openid`.',
    '应用及某用户的当前状态：`?user` 或 `?openid`。',
    ({ control, id, query }) => control.state(id, { user: query['user'], openid: query['openid'] }),
  ),
]

function filter(query: ControlInput): CallFilter {
  return {
    path: field.optionalText(query, 'path'),
    appid: field.optionalText(query, 'appid'),
    host: field.optionalText(query, 'host'),
    errcode: field.queryNumber(query, 'errcode'),
  }
}

function failureKinds(): unknown {
  return Object.fromEntries(Object.entries(failureTable).map(([kind, { en, zh, paths }]) => [kind, { en, zh, paths }]))
}

function switches(control: Control): unknown {
  const positions: Readonly<Record<string, unknown>> = control.switches.all()
  return Object.fromEntries(
    Object.entries(switchTable).map(([name, row]) => [name, { position: positions[name], ...row }]),
  )
}

function limits(body: ControlInput): Partial<Limits> {
  for (const [name, value] of Object.entries(body)) {
    if (Object.hasOwn(defaultLimits, name) && typeof value === 'number') continue
    throw new SimulatorError('CONTROL_INPUT_INVALID', `"${name}" must be the name of a limit, with a number.`)
  }
  return body
}
