import type { AppInput } from '../state/apps.ts'
import { optionalBoolean, optionalNumber, textField } from './control-input.ts'
import { member, route } from './control-route.ts'
import type { ControlRequest, ControlRoute } from './control-route.ts'
import type { Control } from './control.ts'

/** Routes for the clock, the apps and the people. */
export const worldRoutes: readonly ControlRoute[] = [
  route(
    'GET',
    '/clock',
    'The clock: `now` (ms), `iso`, `running`.',
    '时钟：`now`（毫秒）、`iso`、`running`。',
    ({ control }) => clock(control),
  ),
  route(
    'POST',
    '/clock',
    'Moves the clock: `at` (ms), `advanceMs`, `running`.',
    '调整时钟：`at`（毫秒）、`advanceMs`、`running`。',
    moveClock,
  ),
  route('GET', '/apps', 'All apps.', '全部应用。', ({ control }) => control.apps.list()),
  route(
    'POST',
    '/apps',
    'Adds an app: `appid`, `type`, `secret`, …',
    '新增应用：`appid`、`type`、`secret` 等。',
    ({ control, body }) => {
      textField(body, 'appid')
      return control.apps.add(body as unknown as AppInput)
    },
  ),
  route('GET', '/apps/:id', 'One app.', '单个应用。', ({ control, id }) => control.apps.get(id)),
  route(
    'PATCH',
    '/apps/:id',
    'Changes an app: `secretFrozen`, `ipWhitelist`, `switches`, …',
    '修改应用：`secretFrozen`、`ipWhitelist`、`switches` 等。',
    ({ control, id, body }) => control.apps.change(id, body),
  ),
  route('DELETE', '/apps/:id', 'Removes an app.', '删除应用。', ({ control, id }) => control.apps.remove(id)),
  route('POST', '/apps/:id/reset-secret', 'A new AppSecret.', '重置 AppSecret。', ({ control, id }) => ({
    secret: control.apps.resetSecret(id),
  })),
  route('GET', '/users', 'All users.', '全部用户。', ({ control }) => control.users.list()),
  route(
    'POST',
    '/users',
    'Adds a user: `id`, `phoneNumber`, `openids`, …',
    '新增用户：`id`、`phoneNumber`、`openids` 等。',
    ({ control, body }) => control.users.add(body),
  ),
  route(
    'PATCH',
    '/users/:id',
    'Changes a user: `highRisk`, `snapshot`, …',
    '修改用户：`highRisk`、`snapshot` 等。',
    ({ control, id, body }) => control.users.change(id, body),
  ),
  route(
    'POST',
    '/members',
    "A user's `openid` and `unionid` in an app.",
    '用户在应用内的 `openid` 与 `unionid`。',
    ({ control, body }) => control.member(member(body)),
  ),
]

function clock({ clock: { now, running } }: Control): unknown {
  const moment = now()
  return { now: moment, iso: new Date(moment).toISOString(), running }
}

function moveClock({ control, body }: ControlRequest): unknown {
  const at = optionalNumber(body, 'at')
  const advanceMs = optionalNumber(body, 'advanceMs')
  const running = optionalBoolean(body, 'running')
  if (running === false) control.clock.stop()
  if (at !== undefined) control.clock.set(at)
  if (advanceMs !== undefined) control.clock.advance(advanceMs)
  if (running === true) control.clock.start()
  return clock(control)
}
