/** Paths with a quota of their own that the simulator may be asked about though it does not serve all of them. */
const paths = new Set([
  '/cgi-bin/token',
  '/cgi-bin/stable_token',
  '/cgi-bin/ticket/getticket',
  '/cgi-bin/message/custom/send',
  '/cgi-bin/openapi/quota/get',
  '/cgi-bin/openapi/quota/clear',
  '/cgi-bin/clear_quota',
  '/wxa/checksession',
  '/wxa/resetusersessionkey',
  '/wxa/business/getuserencryptkey',
  '/wxa/business/getuserphonenumber',
  '/wxa/business/checkencryptedmsg',
])

/** Does quota/get know this path? It wants the leading slash and no host. */
export function isWeixinPath(path: string): boolean {
  return paths.has(path)
}
