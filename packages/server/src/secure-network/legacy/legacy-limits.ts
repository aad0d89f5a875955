/** A text in both languages. */
export interface BothLanguages {
  readonly en: string
  readonly zh: string
}

/** One of the eleven attacks on the wire, and what becomes of it here. */
export interface LegacyLimit {
  readonly attack: BothLanguages
  /** `stopped`: refused. `narrowed`: it works under the conditions that `why` names. `works`: no server can stop it. */
  readonly outcome: 'stopped' | 'narrowed' | 'works'
  /** By what it is stopped, or why it cannot be. */
  readonly why: BothLanguages
  /** The test that shows it, in test/hostile. */
  readonly evidence: string
}

/** What the stock client's own secure network gives and does not give, attack by attack, for SECURITY.md and doctor. */
export const legacyLimits: readonly LegacyLimit[] = [
  {
    attack: { en: 'Seeing that two messages begin alike', zh: '看出两条消息的开头相同' },
    outcome: 'narrowed',
    why: {
      en: 'The client encrypts all requests with one key and iv. Replies begin with 128 random bits here, and have no block alike.',
      zh: '客户端的所有请求使用同一密钥与 iv，服务器无法改变；应答以 128 位随机数开头，没有相同的密文块。',
    },
    evidence: 'legacy 1: replies have no two blocks alike; requests that begin alike do',
  },
  {
    attack: { en: 'Sending a captured call again', zh: '重放截获的请求' },
    outcome: 'stopped',
    why: {
      en: 'Each ciphertext serves one call once, and none older than a minute.',
      zh: '每个密文对同一调用只接受一次，且超过一分钟即失效。',
    },
    evidence: 'legacy 2: a captured call is refused when it comes again',
  },
  {
    attack: { en: 'Sending a captured ciphertext to another function', zh: '将截获的密文用于其他函数' },
    outcome: 'narrowed',
    why: {
      en: 'Neither content nor signature names the function. Who holds the call up, or sends from the same address within a second of it, can use it for other functions, eight in all.',
      zh: '密文与签名都不含函数名。能拦下请求、或在一秒内从同一地址发送的人，可将其用于其他函数（最多八个）。',
    },
    evidence:
      'legacy 3: a ciphertext serves another function only when it is held up, or at once from the same address',
  },
  {
    attack: { en: 'Changing secretType on the way', zh: '在途中修改 secretType' },
    outcome: 'works',
    why: {
      en: 'secretType travels beside the ciphertext, so both can be made request and the reply comes in clear. No rule that asks for a secretType is met by this wire.',
      zh: 'secretType 在密文之外传输，可将 both 改为 request，使应答变为明文。要求 secretType 的规则在此线路上一律不满足。',
    },
    evidence: 'legacy 4: secretType can be changed on the way, and meets no rule that asks for one',
  },
  {
    attack: { en: 'Answering an encrypted call in clear', zh: '以明文应答加密的请求' },
    outcome: 'works',
    why: {
      en: 'The client takes a reply without content as the result. Only TLS keeps others from replying.',
      zh: '客户端会把没有 content 的应答当作结果，只有 TLS 能阻止他人应答。',
    },
    evidence: 'legacy 5: the client takes a clear reply to an encrypted call',
  },
  {
    attack: { en: 'Answering with the reply of another call', zh: '用另一次调用的应答来应答' },
    outcome: 'works',
    why: {
      en: 'Replies are bound to no request; the client opens whatever its key opens.',
      zh: '应答未与请求绑定，客户端会接受其密钥能解开的任何内容。',
    },
    evidence: 'legacy 6: the client takes the reply of another call',
  },
  {
    attack: { en: 'Reflection', zh: '反射' },
    outcome: 'narrowed',
    why: {
      en: 'A reply that is sent back as a request or a signature is refused, whenever and wherever: replies begin with white space. A request that is fed back to the client as a reply is taken by it.',
      zh: '把应答当作请求或签名发回时一律拒绝：应答以空白字符开头。把请求当作应答发给客户端时，客户端会接受。',
    },
    evidence: 'legacy 7: what the server has encrypted is no request and no signature',
  },
  {
    attack: { en: 'Flipping bits', zh: '翻转比特' },
    outcome: 'narrowed',
    why: {
      en: 'Nothing is authenticated. A flip changes one block as wished and spoils the one before it; the spoiled one has to be UTF-8 inside a string for nobody to see it: one in 400,000, at twenty tries a minute and user.',
      zh: '没有完整性校验。翻转可任意改变一个块，但会破坏其前一个块；仅当被破坏的块恰为字符串内的合法 UTF-8 时才不被发现，概率约四十万分之一，且每用户每分钟只能尝试二十次。',
    },
    evidence: 'legacy 8: flipped bits are refused, and trying is cut short',
  },
  {
    attack: { en: 'Splicing blocks of two messages', zh: '拼接两条消息的密文块' },
    outcome: 'narrowed',
    why: {
      en: 'As with flips: one block at the seam is spoiled. Each splice is a new ciphertext, so only chance and the count of failures stand against it.',
      zh: '与翻转相同：接缝处会破坏一个块。每次拼接都是新的密文，只有概率与失败计数能阻止它。',
    },
    evidence: 'legacy 9: spliced blocks are refused',
  },
  {
    attack: { en: 'Naming a victim’s openid in response mode', zh: '在 response 模式中冒用他人的 openid' },
    outcome: 'stopped',
    why: {
      en: 'An openid that the client names is not believed unless legacyOpenid is on, and never for guarded functions; those refuse response mode altogether.',
      zh: '除非开启 legacyOpenid，否则不采信客户端自报的 openid，受保护的函数则从不采信，并一律拒绝 response 模式。',
    },
    evidence: 'legacy 10: a victim’s openid gets nobody anything',
  },
  {
    attack: { en: 'Padding oracle', zh: '填充预言' },
    outcome: 'stopped',
    why: {
      en: 'Whatever is wrong with a ciphertext has one code, one sentence and the same work; after twenty failures a minute and user nothing more is opened for that address.',
      zh: '密文的任何错误都返回同一错误码和文本，并做相同的工作；同一地址对同一用户每分钟失败二十次后不再解密。',
    },
    evidence: 'legacy 11: every way to be wrong is one answer',
  },
]

/** The line of `drawbridge doctor` where the legacy wire is on. */
export const legacyWireWarning: BothLanguages = {
  en:
    'The legacy wire is on: uniCloud’s own client may encrypt in its own way, which hides data from who only listens. ' +
    'It cannot give what our client gives: who can change what is on the way can replace replies, move a call to another ' +
    'function, and change the secretType. Rules that ask for a secretType, a level or a fresh proof refuse it. ' +
    'Turn it off (secureNetwork.legacyWire: "off") when all clients have changed over.',
  zh:
    '已开启 legacyWire：uniCloud 官方客户端可使用其自有的加密方式，仅能防止旁听。' +
    '它无法提供本项目客户端的保证：能篡改流量的人可以替换应答、把请求转到其他函数、修改 secretType。' +
    '要求 secretType、level 或 fresh 的规则会拒绝它。所有客户端切换后请关闭（secureNetwork.legacyWire: "off"）。',
}
