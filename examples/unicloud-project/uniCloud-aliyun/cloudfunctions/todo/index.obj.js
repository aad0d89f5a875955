'use strict'

const db = uniCloud.database()
const todos = db.collection('todo')

module.exports = {
  _before() {
    this.startedAt = Date.now()
  },

  /** Adds an entry; gives its id. */
  async add(title) {
    if (typeof title !== 'string' || title.trim() === '') {
      return { errCode: 'todo-title-empty', errMsg: 'A title is needed.' }
    }
    const { id } = await todos.add({ title: title.trim(), done: false, createdAt: Date.now() })
    return { errCode: 0, id }
  },

  /** The newest entries, at most 20. */
  async list({ done } = {}) {
    const query = typeof done === 'boolean' ? todos.where({ done }) : todos
    const { data } = await query.orderBy('createdAt', 'desc').limit(20).get()
    return { errCode: 0, data }
  },

  async finish(id) {
    const { updated } = await todos.doc(id).update({ done: true, doneAt: Date.now() })
    return updated === 1 ? { errCode: 0 } : { errCode: 'todo-not-found', errMsg: 'There is no such entry.' }
  },

  _after(error, result) {
    if (error) throw error
    console.log(this.getMethodName(), 'took', Date.now() - this.startedAt, 'ms')
    return result
  },
}
