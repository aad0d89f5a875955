import type { App } from './apps.ts'
import type { SwitchBoard } from './switch-board.ts'

/** What a ticket is good for. */
export type TicketType = 'jsapi' | 'wx_card'

/** A ticket and its end, in ms since the epoch. */
export interface Ticket {
  readonly value: string
  readonly expiresAt: number
}

/** The state machine of cgi-bin/ticket/getticket: one ticket per app and type, repeated until its end. */
export interface Tickets {
  get(app: App, type: TicketType): Ticket
  /** The app's tickets that still work, newest first: a former one works to its own end. */
  live(appid: string, type: TicketType): readonly Ticket[]
  current(appid: string, type: TicketType): Ticket | undefined
  revoke(appid: string): void
}

const TICKET_LIFETIME_MS = 7_200_000
const FORMER_TICKETS = 8

/** Keeps the tickets. */
export function createTickets(deps: {
  readonly now: () => number
  readonly make: (appid: string) => string
  readonly switches: SwitchBoard
}): Tickets {
  const { now, make, switches } = deps
  const tickets = new Map<string, readonly Ticket[]>()
  const live = (appid: string, type: TicketType): readonly Ticket[] =>
    (tickets.get(`${appid}\n${type}`) ?? []).filter((ticket) => now() < ticket.expiresAt)

  return {
    get(app, type) {
      const alive = live(app.appid, type)
      const newest = alive[0]
      if (newest !== undefined && !switches.get('ticketMintEveryCall', app)) return newest
      const ticket = { value: make(app.appid), expiresAt: now() + TICKET_LIFETIME_MS }
      tickets.set(`${app.appid}\n${type}`, [ticket, ...alive].slice(0, FORMER_TICKETS))
      return ticket
    },
    live,
    current: (appid, type) => live(appid, type)[0],
    revoke(appid) {
      for (const type of ['jsapi', 'wx_card']) tickets.delete(`${appid}\n${type}`)
    },
  }
}
