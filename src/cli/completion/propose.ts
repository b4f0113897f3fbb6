import { type Application, proposeCompletions } from '@stricli/core'
import type { Context } from '../context.ts'

/** One way to go on with a command line; `brief` says what it is. */
export type Proposal = { readonly text: string; readonly brief: string }

/**
 * How a command line can go on. `words` are those after `obol`, the last one being typed (empty after a blank). None: the
 * shell may propose files. Never rejects. SIDE EFFECTS: may read the offers of the workspace.
 */
export async function propose(
  app: Application<Context>,
  words: readonly string[],
  context: Context,
): Promise<readonly Proposal[]> {
  try {
    const found = await proposeCompletions(app, words, { process: context.process, forCommand: () => context })
    const isFlagWanted = words.at(-1)?.startsWith('-') === true
    // Files are what most commands go on with; flags are proposed when one is begun.
    const wanted = found.filter(
      ({ kind, completion }) => kind !== 'argument:flag' || (isFlagWanted && completion !== '--'),
    )
    return wanted.map(({ completion, brief }) => ({ text: completion, brief }))
  } catch {
    return []
  }
}
