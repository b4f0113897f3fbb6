import { ObolError } from '../errors/obol-error.ts'
import { maskText } from '../util/mask.ts'
import type { Answer, Problem } from './types.ts'

/** What a reading gave, as a value; only an ObolError is an answer, anything else rejects. */
export async function answerTo<T>(reading: Promise<T>): Promise<Answer<T>> {
  try {
    return { result: 'value', value: await reading }
  } catch (error) {
    if (!(error instanceof ObolError)) throw error
    return { result: 'problem', problem: problemOf(error) }
  }
}

/** An error as a step of a plan shows it, masked. */
export function problemOf({ code, message, details, hint }: ObolError): Problem {
  return {
    code,
    message: maskText(message),
    details: details.map(maskText),
    ...(hint === undefined ? {} : { hint: maskText(hint) }),
  }
}

/** The recorded value; throws the recorded problem. */
export function valueIn<T>(answer: Answer<T>): T {
  if (answer.result === 'value') return answer.value
  throw errorOf(answer.problem)
}

/** The error that a problem was made of. */
export function errorOf({ code, message, details, hint }: Problem): ObolError {
  const descriptor = { code, title: message, exitCode: 1, explanation: '' } as const
  return new ObolError(descriptor, { details, ...(hint === undefined ? {} : { hint }) })
}
