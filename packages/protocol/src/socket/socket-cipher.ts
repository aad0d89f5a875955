import { concatBytes } from '../bytes/concat-bytes.ts'
import { utf8Encode } from '../bytes/utf8.ts'
import type { KeySchedule } from '../envelope/key-schedule.ts'
import { TAG_BYTES } from '../envelope/max-bytes.ts'
import { openPiece, sealPiece } from '../envelope/sealed-piece.ts'
import type { PieceKey } from '../envelope/sealed-piece.ts'

/** The WebSocket subprotocol under which an opening and the frames behind it travel. */
export const SOCKET_PROTOCOL = 'usn1'

/** What a frame holds: a message that is text (UTF-8), one that is bytes, or the end (`closeBody`). */
export type FrameKind = 'text' | 'binary' | 'close'

/** One frame, opened. */
export interface SocketFrame {
  readonly kind: FrameKind
  readonly body: Uint8Array
}

/** What a socket's keys come from: the opening's request id and the nonce of its answer, 16 bytes each. */
export interface SocketOpening {
  readonly rid: Uint8Array
  readonly rnonce: Uint8Array
}

/**
 * Seals and opens the frames of one socket: kind in 8 bits ‖ ciphertext ‖ tag, each a binary message. Every frame has
 * its place in its direction, so one that was dropped, repeated, moved, turned back or changed does not open.
 * It is over for both directions after a close frame, sealed or opened, and after the first frame that does not open.
 */
export interface SocketCipher {
  /** The next frame of this side; `undefined` when it is over, or 2^32-1 frames were sealed. */
  seal(kind: FrameKind, body: Uint8Array): Uint8Array | undefined
  /** What the other side's next frame holds; `undefined` refuses it and everything behind it. */
  open(frame: Uint8Array): SocketFrame | undefined
}

/**
 * The cipher of one side of one socket.
 * @param message the opening's request id, and the nonce of the answer with which it was accepted
 * @param framesMax of each direction; nothing but tests has a reason for another
 */
export function createSocketCipher(
  schedule: KeySchedule,
  side: 'client' | 'server',
  message: SocketOpening,
  framesMax = FRAMES_MAX,
): SocketCipher {
  const { c2s, s2c } = schedule.socketKeys(message.rid, message.rnonce)
  const [ownKey, otherKey] = side === 'client' ? [c2s, s2c] : [s2c, c2s]
  let sealed = 0
  let opened = 0
  let isOver = false

  const piece = (key: Uint8Array, kindByte: number): PieceKey => ({
    aead: schedule.aead,
    key,
    headerBytes: concatBytes(MAGIC, Uint8Array.of(kindByte)),
    encrypted: true,
  })

  function openNext(frame: Uint8Array): SocketFrame | undefined {
    const kindByte = frame[0] ?? frameKinds.length
    const kind = frameKinds[kindByte]
    if (kind === undefined || frame.length < 1 + TAG_BYTES || opened === framesMax) return undefined
    const parts = { sealed: frame.subarray(1), clear: undefined }
    const body = openPiece(piece(otherKey, kindByte), { index: opened++, last: kind === 'close' }, parts)
    return body && { kind, body }
  }

  return {
    seal(kind, body) {
      if (isOver || sealed === framesMax) return undefined
      isOver = kind === 'close'
      const kindByte = frameKinds.indexOf(kind)
      return concatBytes(
        Uint8Array.of(kindByte),
        sealPiece(piece(ownKey, kindByte), { index: sealed++, last: isOver }, body),
      )
    },
    open(frame) {
      const found = isOver ? undefined : openNext(frame)
      isOver = found === undefined || found.kind === 'close'
      return found
    },
  }
}

/** By the byte on the wire. */
const frameKinds: readonly FrameKind[] = ['text', 'binary', 'close']
const MAGIC = utf8Encode('USN1W')
/** The number of a frame has 32 bits in the nonce. */
const FRAMES_MAX = 2 ** 32 - 1
