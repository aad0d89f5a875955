'use strict'

/** What to say to somebody, by the hour of the day. */
exports.greet = function (name, hour, words) {
  return `${hour < 12 ? words.morning : words.later}, ${name}!`
}
