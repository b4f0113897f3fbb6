import { isSameAddress } from '../util/hex.ts'

/** A note about one offer, for information only. */
type SignerNote = { readonly offer: string; readonly message: string }

/**
 * A note for each offer that pays somebody else than the signer of its registration, which is allowed. None where either
 * address is empty, or where both are the same after trimming and whatever the letter case. Never an error.
 */
export function signerNote(
  signer: string | undefined,
  payees: readonly { readonly offer: string; readonly payTo: string }[],
): readonly SignerNote[] {
  const owner = signer?.trim() ?? ''
  if (owner === '') return []
  return payees
    .filter(({ payTo }) => payTo.trim() !== '' && !isSameAddress(owner, payTo))
    .map(({ offer, payTo }) => ({ offer, message: messageFor(owner, payTo.trim()) }))
}

function messageFor(signer: string, payTo: string): string {
  return [
    `the signer ${signer} owns the identity, and ${payTo} is paid: this is allowed, and said for information only.`,
    `To name ${payTo} on chain as the agent's wallet, set spec.registration.wallet (setAgentWallet);`,
    'to pay another address, set spec.payment.payTo.',
  ].join(' ')
}
