'use strict'

const uniIdCommon = require('uni-id-common')

module.exports = {
  async _before() {
    this.uniId = uniIdCommon.createInstance({ clientInfo: this.getClientInfo() })
    this.user = await this.uniId.checkToken(this.getUniIdToken())
    // A cloud object throws what it wants its callers to catch.
    if (this.user.errCode) throw this.user
  },

  /** Who is logged in. A token that is nearly over comes back renewed, and the client keeps it. */
  async me() {
    const { uid, role, token, tokenExpired } = this.user
    return { errCode: 0, uid, role, ...(token && { newToken: { token, tokenExpired } }) }
  },

  _after(error, result) {
    return error && error.errCode ? { errCode: error.errCode, errMsg: error.errMsg } : result
  },
}
