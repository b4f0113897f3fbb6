import { ObolError } from '../errors/obol-error.ts'
import { REGISTER_ERRORS } from '../errors/register.ts'
import type { Hex } from '../util/hex.ts'
import { chainDiagnostic } from './chain-diagnostic.ts'
import type { ChainResult, RegisterPorts } from './ports.ts'
import type { Prepared } from './prepare-attempt.ts'
import type { TargetedStep } from './sight.ts'

/** A signed transaction as the journal records it. */
export type SignedAttempt = {
  readonly epoch: number
  readonly nonce: number
  readonly hash: Hex
  readonly raw: Hex
  readonly maxFeePerGas: string
  readonly maxPriorityFeePerGas: string
  readonly ceiling: string
  readonly bump: number
}

/** Has the owner's signer sign a prepared transaction. Nothing leaves this machine but for a remote signer. */
export async function signAttempt(
  step: TargetedStep,
  { transaction, epoch, bump, ceiling }: Extract<Prepared, { result: 'prepared' }>,
  ports: RegisterPorts,
): Promise<
  { readonly result: 'signed'; readonly attempt: SignedAttempt } | Extract<ChainResult, { result: 'failed' }>
> {
  try {
    const signer = await ports.signer(step.identity.owner)
    if (signer === undefined) return { result: 'failed', diagnostic: chainDiagnostic(step, REGISTER_ERRORS.NO_SIGNER) }
    const { raw, hash } = await signer.signTransaction(transaction, ports.signal)
    const { nonce, maxFeePerGas, maxPriorityFeePerGas } = transaction
    const fees = { maxFeePerGas: String(maxFeePerGas), maxPriorityFeePerGas: String(maxPriorityFeePerGas) }
    return { result: 'signed', attempt: { epoch, nonce, hash, raw, ...fees, ceiling: String(ceiling), bump } }
  } catch (error) {
    if (!(error instanceof ObolError)) throw error
    return { result: 'failed', diagnostic: chainDiagnostic(step, REGISTER_ERRORS.NO_SIGNER, error) }
  }
}
