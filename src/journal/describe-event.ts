import type { ObjectRef } from '../kube/ref.ts'
import { maskText } from '../util/mask.ts'
import { plural } from '../util/plural.ts'
import type { ChainEvent, JournalEvent } from './journal-events.ts'
import type { ChainWords } from './journal-view.ts'
import type { RecordedEvent } from './read-state.ts'
import { stepLabel } from './step-label.ts'

/** One record in words: what happened, without its time. Masked, hashes shortened. Pure. */
export function describeEvent(event: RecordedEvent, words: ChainWords): string {
  return maskText(textOf(event, words))
}

function textOf(event: JournalEvent, words: ChainWords): string {
  switch (event.type) {
    case 'cluster-bound': {
      const { server, uid } = event.cluster
      return `bound to ${server}${uid === undefined ? '' : ` (kube-system ${uid})`}`
    }
    case 'run-started':
      return `run begins: ${plural(event.steps, 'step')}`
    case 'transfer-intended':
      return `${stepLabel(event.step)}: moves to obol/Apply ${[event.paths].flat().join(', ')}`
    case 'ownership-transferred':
      return `${stepLabel(event.step)}: moved, version ${event.resourceVersion}`
    case 'apply-intended':
      return `${stepLabel(event.step)}: applies${refText(event.step, event.ref)}`
    case 'object-applied':
      return `${stepLabel(event.step)}: applied${refText(event.step, event.ref)}, version ${event.resourceVersion}`
    case 'delete-intended':
      return `${stepLabel(event.step)}: deletes, uid ${event.uid}`
    case 'object-deleted':
      return `${stepLabel(event.step)}: deleted, uid ${event.uid}`
    case 'step-failed':
      return `${stepLabel(event.step)}: failed, ${event.code} ${event.message}`
    case 'plan-used':
      return `run of the saved plan ${shortId(event.plan)}`
    case 'run-finished':
      return `run finished: ${event.applied} applied, ${event.failed} failed`
    default:
      return `${stepLabel(event.step)}: ${chainText(event, words)}`
  }
}

/** Where the step is not named like the object: the step that writes an agentId. */
function refText(step: string, { kind, namespace, name }: ObjectRef): string {
  const object = namespace === undefined ? name : `${namespace}/${name}`
  return step.endsWith(object) ? '' : ` ${kind} ${object}`
}

function chainText(event: ChainEvent, words: ChainWords): string {
  switch (event.type) {
    case 'chain-intended': {
      const { agentId, fromBlock, target } = event
      const of = agentId === undefined ? '' : ` for identity ${agentId}`
      return `begins${of} at block ${fromBlock}, owner ${shortHex(target.owner)}`
    }
    case 'tx-signed': {
      const { nonce, hash, bump } = event
      return `signed ${shortHex(hash)}, nonce ${nonce}${bump === 0 ? '' : `, fee raised (${bump})`}`
    }
    case 'tx-sent':
      return `sent ${shortHex(event.hash)}`
    case 'tx-mined':
      return `${shortHex(event.hash)} is in block ${event.blockNumber}`
    case 'chain-final':
      return finalText(event, words)
    case 'tx-reverted':
      return `reverted ${shortHex(event.hash)}: ${event.reason}`
    case 'tx-superseded':
      return `superseded: ${event.why}`
    case 'chain-reorganised':
      return `reorganised: ${event.why}`
  }
}

function finalText(event: Extract<ChainEvent, { type: 'chain-final' }>, words: ChainWords): string {
  const { agentId, adopted, blockNumber, fee, step, key } = event
  // The record does not say its chain; its step and its key do.
  const chain = { network: step.split('/')[1] ?? '', chainId: Number(key.split('/')[0]) }
  if (adopted === true) return `identity ${agentId} was there already, block ${blockNumber}`
  const paid = fee === undefined ? '' : `, fee ${words.amount(chain, BigInt(fee))}`
  return `final, identity ${agentId}, block ${blockNumber}${paid}`
}

/** `sha256:1234abcd…` */
function shortId(id: string): string {
  return id.length <= 19 ? id : `${id.slice(0, 15)}…`
}

/** `0x1234abcd…ef01` */
function shortHex(hex: string): string {
  return hex.length <= 16 ? hex : `${hex.slice(0, 10)}…${hex.slice(-4)}`
}
