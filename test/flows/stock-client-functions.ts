/** A uniCloud project for the stock client: file → text. */
export const stockClientFunctions: Readonly<Record<string, string>> = {
  'hello/index.js': `exports.main = async (event, context) => ({
    event,
    ip: context.CLIENTIP,
    appId: context.appId,
    locale: context.locale,
    claimed: context.claimed,
  })`,
  'values/index.js': `exports.main = async ({ kind }) => ({
    zero: 0, empty: '', no: false, nothing: null, list: [1, [2]], text: '文 and "quotes"', missing: undefined,
  })[kind]`,
  'fails/index.js': `exports.main = async () => { throw new Error('the shelf is empty') }`,
  'business/index.js': `exports.main = async () => ({ errCode: 'shop-sold-out', errMsg: 'sold out', errSubject: 'shop' })`,
  'slow/index.js': `exports.main = () => new Promise((resolve) => setTimeout(() => resolve('late'), 30000).unref())`,
  'slow/package.json': '{"name":"slow","cloudfunction-config":{"timeout":1}}',
  'todo/index.obj.js': `module.exports = {
    async add(title, count) { return { title, count, token: this.getUniIdToken() } },
    async nothing() {},
    async fail() { return { errCode: 'todo-full', errMsg: 'no room', errSubject: 'todo', room: 0 } },
    async refuse() {
      throw Object.assign(new Error('no room'), { errCode: 'todo-full', errSubject: 'todo', detail: { room: 0 } })
    },
    async search(done) { return uniCloud.database().collection('todos').where({ done }).remove() },
    async boom() { throw new Error('todo broke') },
    async renew() { return { errCode: 0, newToken: { token: 'n.e.w', tokenExpired: 1900000000000 } } },
    async renewAndFail() {
      return { errCode: 'todo-full', errMsg: 'no room', newToken: { token: 'n.e.w2', tokenExpired: 1900000000001 } }
    },
    async _private() { return 'secret' },
  }`,
}
