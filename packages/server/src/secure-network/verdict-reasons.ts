/** What the operator should do, in both languages. */
export interface Remedy {
  readonly en: string
  readonly zh: string
}

/** Why a call is refused where its code alone does not tell what to do about it. */
export interface VerdictReason {
  /** One sentence for people, as verdicts have it. */
  readonly reason: string
  readonly remedy: Remedy
}

function row(reason: string, en: string, zh: string): VerdictReason {
  return { reason, remedy: { en, zh } }
}

/** Calls of a source that proves nothing. @param calls what they are, in the middle of a sentence */
function sourceRow(source: string, calls: Remedy): VerdictReason {
  return row(
    `calls by source ${source} may not reach guarded functions`,
    `Set secureNetwork.sources.${source} to "allow" if ${calls.en} may reach guarded functions; or name no such function in the rules.`,
    `若允许${calls.zh}访问受保护的云函数，请将 secureNetwork.sources.${source} 设为 "allow"，否则请勿在规则中命名该云函数。`,
  )
}

const NEWER_KEY: Remedy = {
  en: 'Let the user log in again, so that the client takes a new key; where it stays so, see that nothing between client and server changes the body.',
  zh: '请让用户重新登录，使客户端获取新密钥；若仍如此，请确认客户端与服务器之间没有设备改动请求体。',
}
const OWN_CLIENT: Remedy = {
  en: 'Call by a current @drawbridge/client, and see that nothing between client and server changes or cuts the body; without chunks a call has 1 MiB at most.',
  zh: '请使用最新的 @drawbridge/client 调用，并确认客户端与服务器之间没有设备改动或截断请求体；不分块的调用最多 1 MiB。',
}
const REPLAYED: Remedy = {
  en: 'Send each message once: turn off retries of POST in the proxies before this server. A client seals anew whenever it calls again; where none did, somebody else sent it.',
  zh: '每条消息只能发送一次：请关闭前置代理对 POST 的重试。客户端每次重试都会重新加密；若客户端未重试，则是他人重放。',
}
const SUITE_3: Remedy = {
  en: 'Let the client use suite 1 or 2; for suite 3 install sm-crypto-v2 beside the server and start it again.',
  zh: '请让客户端使用套件 1 或 2；使用套件 3 需在服务器端安装 sm-crypto-v2 并重启。',
}
const LEGACY_WIRE: Remedy = {
  en: 'Use @drawbridge/client in the app, or set secureNetwork.legacyWire to "on".',
  zh: '请在应用中使用 @drawbridge/client，或将 secureNetwork.legacyWire 设为 "on"。',
}

/** Every reason that has a remedy of its own; all of `ENVELOPE_REJECTED` are here, for its code is one for many ways to be wrong. */
export const verdictReasons = {
  // The rules.
  empty: row(
    'the list of rules is empty, so that nobody may call',
    'Add a rule for whom may call, or remove the list. Rules that cannot be met together with the policy beside the function leave nobody either; drawbridge policy show has both.',
    '请添加允许调用者的规则，或删除该列表。规则与云函数自带策略无法同时满足时同样拒绝所有；两者见 drawbridge policy show。',
  ),
  unreadable: row(
    'the policy beside the function cannot be read, so that nobody may call',
    'Correct the policy beside the function; drawbridge policy show tells file, line and what is wrong.',
    '请修正云函数自带的策略，drawbridge policy show 会给出文件、行号与问题。',
  ),
  app: row(
    'no rule names this app',
    'If the app may call, add a rule with its appId to the list.',
    '若允许该应用调用，请在规则列表中加入其 appId。',
  ),
  platform: row(
    'no rule names this app on this platform',
    'If the app may call from there, add a rule for it with this platform.',
    '若允许该应用在此平台调用，请为其加入此平台的规则。',
  ),
  version: row(
    'the rule is for the other version of the app: release or development',
    'Use the build that the rule asks for, or leave version out of the rule; "release" and "development" in secureNetwork.apps say which binding is which.',
    '请使用规则要求的版本，或在规则中去掉 version；哪个绑定属于哪个版本由 secureNetwork.apps 的 release 与 development 决定。',
  ),
  level: row(
    'the evidence of the device is weaker than the rule asks for',
    'Lower minLevel in the rule for this platform; a mini program always has level 0.',
    '请降低规则对此平台的 minLevel；小程序的级别始终为 0。',
  ),
  secretType: row(
    'less is encrypted than the rule asks for',
    'Call with the secretType of the rule (a client built with older rules has to be built again), or ask for less in the rule.',
    '请按规则的 secretType 调用（按旧规则打包的客户端需重新打包），或降低规则的要求。',
  ),
  fresh: row(
    'the rule asks for a proof made for this very call',
    'Leave fresh out of the rule for this platform; a mini program has no such proof.',
    '请在此平台的规则中去掉 fresh；小程序没有此类证明。',
  ),
  legacy: row(
    'the legacy wire authenticates no secretType, level or fresh proof, and meets no rule that asks for one',
    'Use @drawbridge/client in the app, or a rule without secretType, minLevel and fresh for this app.',
    '请在应用中使用 @drawbridge/client，或为该应用设置不含 secretType、minLevel 与 fresh 的规则。',
  ),
  legacyOff: row('the legacy wire is off', LEGACY_WIRE.en, LEGACY_WIRE.zh),
  plainRoute: row(
    'the route takes no plain calls, whatever the mode',
    'Call the route by @drawbridge/client, or set "plain" of the route to "allow" in gateway.routes.',
    '请使用 @drawbridge/client 调用该路由，或在 gateway.routes 中将该路由的 "plain" 设为 "allow"。',
  ),
  function: sourceRow('function', { en: 'functions that call functions', zh: '云函数间的调用' }),
  timing: sourceRow('timing', { en: 'timers', zh: '定时触发' }),
  server: sourceRow('server', { en: 'calls of the command line', zh: '命令行调用' }),
  http: sourceRow('http', { en: 'URL-ized calls', zh: 'URL 化调用' }),
  files: sourceRow('files', { en: 'the file methods of uniCloud’s own client', zh: 'uniCloud 官方客户端的文件接口' }),

  // The envelope.
  noEnvelope: row('it is no envelope, or is too large', OWN_CLIENT.en, OWN_CLIENT.zh),
  noChunks: row('it is no envelope in chunks', OWN_CLIENT.en, OWN_CLIENT.zh),
  noFirstMessage: row('the first message of the socket is no envelope', OWN_CLIENT.en, OWN_CLIENT.zh),
  openSocket: row(
    'a socket is opened with secretType both alone',
    'Open the socket with secretType "both".',
    '请以 secretType "both" 打开 WebSocket。',
  ),
  unopened: row('the envelope does not open with the key that it names', NEWER_KEY.en, NEWER_KEY.zh),
  otherSpace: row(
    'it was sealed for another space',
    'Configure the client with the id of the space that it calls; nothing on the way may rewrite it.',
    '请在客户端配置其所调用的服务空间 id；传输途中不得改写。',
  ),
  target: row(
    'the target is none, or does not fit the data',
    'Name a function, or an object with its method, that the space has: callFunction for a function, importObject for an object.',
    '请指定服务空间中存在的云函数，或云对象及其方法：云函数用 callFunction，云对象用 importObject。',
  ),
  suiteRefused: row(
    'the suite is not allowed for the platform',
    'Let the client use a suite that secureNetwork.suites has for the platform (1 and 2 when it says nothing), or add the suite there.',
    '请让客户端使用 secureNetwork.suites 中此平台允许的套件（未设置时为 1 与 2），或在其中加入该套件。',
  ),
  suiteMissing: row('this server does not have the suite', SUITE_3.en, SUITE_3.zh),
  messageSeen: row('the same message came before', REPLAYED.en, REPLAYED.zh),

  // The legacy wire.
  ciphertextSeen: row('the same ciphertext came before', REPLAYED.en, REPLAYED.zh),
  ciphertextUnopened: row('the ciphertext does not open with the key that it names', NEWER_KEY.en, NEWER_KEY.zh),
  noStockCall: row(
    'it is not what the stock client sends from a mini program',
    'Call from a WeChat mini program by uniCloud’s own client as HBuilderX builds it; anywhere else use @drawbridge/client.',
    '请在微信小程序中使用 HBuilderX 打包的 uniCloud 官方客户端调用，其他环境请使用 @drawbridge/client。',
  ),
  responseMode: row(
    'in response mode nothing proves who calls',
    'Call the guarded function with secretType "request" or "both".',
    '请以 secretType "request" 或 "both" 调用受保护的云函数。',
  ),
  legacyOffHere: row('the legacy wire is off in this space', LEGACY_WIRE.en, LEGACY_WIRE.zh),
  legacyOrAllOff: row(
    'the legacy wire, or the secure network, is off in this space',
    'Set secureNetwork.mode to "monitor" or "enforce", and legacyWire to "on"; or use @drawbridge/client in the app.',
    '请将 secureNetwork.mode 设为 "monitor" 或 "enforce"，并将 legacyWire 设为 "on"；或在应用中使用 @drawbridge/client。',
  ),
} as const satisfies Readonly<Record<string, VerdictReason>>
