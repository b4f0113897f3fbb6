import type { ClusterBinding } from '../journal/journal-events.ts'
import type { Attempt, AttemptGroup, Effort, Settlement } from '../journal/reduce-chain.ts'
import type { ObjectRef } from '../kube/ref.ts'
import { address, big, count, type Decode, flag, hex, listOf, object, oneOf, optional, text } from './decode.ts'
import { agentId } from './decode-chains.ts'
import type { Snapshot } from './types.ts'

/** The state of a workspace, as the file has it: `inventory` and `efforts` are lists. */
export const decodeState: Decode<Snapshot['state']> = (value, at) => {
  const state = object(value, at)
  const inventory = listOf(decodeEntry)(state['inventory'], `${at}.inventory`)
  const efforts = listOf(decodeEffort)(state['efforts'], `${at}.efforts`)
  return {
    cluster: optional(state, 'cluster', decodeBinding, at).cluster,
    inventory: new Map(inventory.map(({ id, ref }) => [id, ref])),
    chain: new Map(efforts.map((effort) => [effort.key, effort])),
  }
}

/** The state as `decodeState` reads it. */
export function stateToFile({ cluster, inventory, chain }: Snapshot['state']): unknown {
  const byText = <T>([a]: readonly [string, T], [b]: readonly [string, T]): number => (a < b ? -1 : 1)
  return {
    ...(cluster === undefined ? {} : { cluster }),
    inventory: [...inventory].toSorted(byText).map(([id, ref]) => ({ id, ref })),
    efforts: [...chain].toSorted(byText).map(([, effort]) => effort),
  }
}

const decodeBinding: Decode<ClusterBinding> = (value, at) => {
  const binding = object(value, at)
  return {
    ...optional(binding, 'uid', text, at),
    fingerprint: text(binding['fingerprint'], `${at}.fingerprint`),
    server: text(binding['server'], `${at}.server`),
  }
}

const decodeEntry: Decode<{ readonly id: string; readonly ref: ObjectRef }> = (value, at) => {
  const entry = object(value, at)
  const ref = object(entry['ref'], `${at}.ref`)
  return {
    id: text(entry['id'], `${at}.id`),
    ref: {
      apiVersion: text(ref['apiVersion'], `${at}.ref.apiVersion`),
      kind: text(ref['kind'], `${at}.ref.kind`),
      ...optional(ref, 'namespace', text, `${at}.ref`),
      name: text(ref['name'], `${at}.ref.name`),
    },
  }
}

const decodeEffort: Decode<Effort> = (value, at) => {
  const effort = object(value, at)
  const target = object(effort['target'], `${at}.target`)
  const here = `${at}.target`
  return {
    key: text(effort['key'], `${at}.key`),
    step: text(effort['step'], `${at}.step`),
    op: oneOf('register', 'adopt', 'set-uri', 'set-metadata', 'set-wallet')(effort['op'], `${at}.op`),
    target: {
      network: text(target['network'], `${here}.network`),
      chainId: count(target['chainId'], `${here}.chainId`),
      registry: address(target['registry'], `${here}.registry`),
      owner: address(target['owner'], `${here}.owner`),
      confirmations: count(target['confirmations'], `${here}.confirmations`),
      idem: hex(target['idem'], `${here}.idem`),
      uri: text(target['uri'], `${here}.uri`),
    },
    ...optional(effort, 'agentId', agentId, at),
    genesis: hex(effort['genesis'], `${at}.genesis`),
    groups: listOf(decodeGroup)(effort['groups'], `${at}.groups`),
    ...optional(effort, 'mined', decodeMined, at),
    ...optional(effort, 'final', decodeSettlement, at),
  }
}

const decodeGroup: Decode<AttemptGroup> = (value, at) => {
  const group = object(value, at)
  return {
    epoch: count(group['epoch'], `${at}.epoch`),
    nonce: count(group['nonce'], `${at}.nonce`),
    attempts: listOf(decodeAttempt)(group['attempts'], `${at}.attempts`),
    ...optional(group, 'end', oneOf('reverted', 'superseded', 'mined'), at),
    ...optional(group, 'endReason', text, at),
  }
}

const decodeAttempt: Decode<Attempt> = (value, at) => {
  const attempt = object(value, at)
  return {
    hash: hex(attempt['hash'], `${at}.hash`),
    raw: hex(attempt['raw'], `${at}.raw`),
    maxFeePerGas: big(attempt['maxFeePerGas'], `${at}.maxFeePerGas`),
    maxPriorityFeePerGas: big(attempt['maxPriorityFeePerGas'], `${at}.maxPriorityFeePerGas`),
    ceiling: big(attempt['ceiling'], `${at}.ceiling`),
    bump: count(attempt['bump'], `${at}.bump`),
  }
}

const decodeMined: Decode<NonNullable<Effort['mined']>> = (value, at) => {
  const mined = object(value, at)
  return {
    hash: hex(mined['hash'], `${at}.hash`),
    blockNumber: big(mined['blockNumber'], `${at}.blockNumber`),
    blockHash: hex(mined['blockHash'], `${at}.blockHash`),
  }
}

const decodeSettlement: Decode<Settlement> = (value, at) => {
  const final = object(value, at)
  return {
    agentId: agentId(final['agentId'], `${at}.agentId`),
    adopted: flag(final['adopted'], `${at}.adopted`),
    blockNumber: big(final['blockNumber'], `${at}.blockNumber`),
    blockHash: hex(final['blockHash'], `${at}.blockHash`),
    ...optional(final, 'hash', hex, at),
    ...optional(final, 'fee', big, at),
  }
}
