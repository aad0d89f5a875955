/**
 * An API of wx as a promise. What it returns itself is left alone: it is a task, a promise or nothing. Rejects for one
 * that the base library does not have.
 * @param timeoutMs the base library's own unless given: wx takes a timeout that is there for one, whatever it is
 */
export function askWx<Name extends string>(
  owner: { readonly [name in Name]?: (options: object) => unknown } | undefined,
  name: Name,
  options: object,
  timeoutMs?: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = owner?.[name]
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what wx's own failures look like
    if (!call) reject({ errMsg: `${name}:fail the base library is too old` })
    else {
      const timeout = timeoutMs === undefined ? {} : { timeout: timeoutMs }
      call.call(owner, Object.assign({ success: resolve, fail: reject }, options, timeout))
    }
  })
}

/** wx sends the whole buffer that a view lies in. */
export function exactBuffer(bytes: Uint8Array): ArrayBufferLike {
  return bytes.length === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
}
