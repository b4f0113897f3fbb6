import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import type { Lock } from '../journal/lock.ts'
import type { IdentityTarget } from '../plan/chain.ts'
import type { Context } from './context.ts'
import { lockFolder } from './run-apply.ts'

const PAUSE_MS = 250

/**
 * Takes the lock of one owner on one chain, which all workspaces of this user share: nonces are handed out by one process
 * at a time. Waits for another process to end, at most `waitMs`; then throws OBOL-A001.
 * SIDE EFFECTS: creates files below the user's state folder.
 */
export async function lockSigner(context: Context, target: IdentityTarget, waitMs: number): Promise<Lock> {
  const folder = join(signerState(context), `${target.chainId}-${target.owner.toLowerCase()}`)
  const end = context.now().getTime() + waitMs
  for (;;) {
    try {
      return await lockFolder(context, folder)
    } catch (error) {
      const isHeld = error instanceof ObolError && error.code === APPLY_ERRORS.LOCKED.code
      if (!isHeld || context.signal.aborted || context.now().getTime() >= end) throw error
      await delay(PAUSE_MS, undefined, { signal: context.signal }).catch(() => undefined)
    }
  }
}

/** Outside of the workspace: the signer may belong to several. */
function signerState({ env, home }: Context): string {
  const given = env['XDG_STATE_HOME']
  const base = given === undefined || given === '' ? join(home, '.local', 'state') : given
  return join(base, 'obol', 'signers')
}
