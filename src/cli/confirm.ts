import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { Context } from './context.ts'

/**
 * Asks a yes-or-no question on the terminal; no is the default. Throws OBOL-A011 where nobody can be asked.
 * SIDE EFFECTS: reads stdin, writes to stderr.
 */
export async function confirm(context: Context, question: string): Promise<boolean> {
  if (!context.interactive) {
    const message = 'Nothing is applied: without a terminal nobody can be asked, so --yes is required'
    throw new ObolError(APPLY_ERRORS.UNCONFIRMED, { message })
  }
  const prompts = await import('@clack/prompts')
  const answer = await prompts.confirm({ message: question, initialValue: false, signal: context.signal })
  return answer === true
}
