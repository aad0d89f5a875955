import type { Mistake } from '../../config/mistake.ts'

/** What is wrong with the policy beside a function, and where. */
export interface PolicyFault extends Mistake {
  /** Nobody may call the function until it is mended, where the mode is enforce. */
  readonly isClosing: boolean
}

/** A mistake as one of a policy; what it does to the function is said with it. */
export function policyFault(mistake: Mistake, isClosing: boolean): PolicyFault {
  const { path, en, zh } = mistake
  // True in each mode: what is wrong closes a function, and modes that refuse nobody do not.
  const [closedEn, closedZh] = isClosing
    ? [
        ' Until it is mended, where the mode is enforce, nobody may call the function.',
        '修正之前，在 enforce 模式下任何人都不能调用该云函数。',
      ]
    : ['', '']
  return { ...mistake, en: `${path}: ${en}${closedEn}`, zh: `${path}：${zh}${closedZh}`, isClosing }
}
