import { route } from './control-route.ts'
import type { ControlRoute } from './control-route.ts'
import { handOutRoutes } from './hand-out-routes.ts'
import { observeRoutes } from './observe-routes.ts'
import { worldRoutes } from './world-routes.ts'

/** Every control route. */
export const controlRoutes: readonly ControlRoute[] = [
  route('GET', '/', 'These routes.', '本列表。', () => controlRoutes.map(({ answer: _, ...shown }) => shown)),
  ...worldRoutes,
  ...handOutRoutes,
  ...observeRoutes,
]
