import type { Block, Simulation } from '../chain/types.ts'
import type { ChainFacts, ChainReading, OwnedIdentity } from '../plan/chain.ts'
import type { Diagnostic } from '../plan/types.ts'
import {
  address,
  big,
  count,
  type Decode,
  damaged,
  flag,
  hex,
  listOf,
  mapOf,
  object,
  oneOf,
  optional,
  text,
} from './decode.ts'
import type { Answer, ChainCalls, ChainsRecord, NetworkRecord, Problem } from './types.ts'

/** What was read of chains, as the file has it: amounts are decimal strings. */
export const decodeChains: Decode<ChainsRecord> = (value, at) => {
  const chains = object(value, at)
  return {
    ...optional(chains, 'owner', answerOf(address), at),
    wallets: listOf(text)(chains['wallets'], `${at}.wallets`),
    networks: listOf(decodeNetwork)(chains['networks'], `${at}.networks`),
  }
}

const decodeNetwork: Decode<NetworkRecord> = (value, at) => {
  const network = object(value, at)
  return {
    network: text(network['network'], `${at}.network`),
    chainId: count(network['chainId'], `${at}.chainId`),
    registry: address(network['registry'], `${at}.registry`),
    ...optional(network, 'calls', decodeCalls, at),
    ...optional(network, 'problem', decodeProblem, at),
  }
}

const decodeCalls: Decode<ChainCalls> = (value, at) => {
  const calls = object(value, at)
  return {
    readings: listOf((item, here) => {
      const reading = object(item, here)
      const answer = answerOf(decodeReading)(reading['answer'], `${here}.answer`)
      return { owner: address(reading['owner'], `${here}.owner`), answer }
    })(calls['readings'], `${at}.readings`),
    blocks: listOf((item, here) => {
      const block = object(item, here)
      const answer = answerOf(decodeBlock)(block['answer'], `${here}.answer`)
      return { number: big(block['number'], `${here}.number`), answer }
    })(calls['blocks'], `${at}.blocks`),
    simulations: listOf((item, here) => {
      const call = object(item, here)
      return {
        from: address(call['from'], `${here}.from`),
        to: address(call['to'], `${here}.to`),
        data: hex(call['data'], `${here}.data`),
        answer: answerOf(decodeSimulation)(call['answer'], `${here}.answer`),
      }
    })(calls['simulations'], `${at}.simulations`),
  }
}

function answerOf<T>(decode: Decode<T>): Decode<Answer<T>> {
  return (value, at) => {
    const answer = object(value, at)
    if (answer['result'] === 'problem') {
      return { result: 'problem', problem: decodeProblem(answer['problem'], `${at}.problem`) }
    }
    oneOf('value')(answer['result'], `${at}.result`)
    return { result: 'value', value: decode(answer['value'], `${at}.value`) }
  }
}

const decodeProblem: Decode<Problem> = (value, at) => {
  const problem = object(value, at)
  return {
    code: text(problem['code'], `${at}.code`),
    message: text(problem['message'], `${at}.message`),
    details: listOf(text)(problem['details'], `${at}.details`),
    ...optional(problem, 'hint', text, at),
  }
}

/** A block that the node does not have has no value in the file. */
const decodeBlock: Decode<Block | undefined> = (value, at) => {
  if (value === undefined) return undefined
  const block = object(value, at)
  return {
    number: big(block['number'], `${at}.number`),
    hash: hex(block['hash'], `${at}.hash`),
    timestamp: big(block['timestamp'], `${at}.timestamp`),
    baseFee: big(block['baseFee'], `${at}.baseFee`),
  }
}

const decodeSimulation: Decode<Simulation> = (value, at) => {
  const simulation = object(value, at)
  const result = oneOf('success', 'reverted')(simulation['result'], `${at}.result`)
  if (result === 'reverted') return { result, reason: text(simulation['reason'], `${at}.reason`) }
  return {
    result,
    returned: hex(simulation['returned'], `${at}.returned`),
    gas: big(simulation['gas'], `${at}.gas`),
    l1Fee: big(simulation['l1Fee'], `${at}.l1Fee`),
  }
}

const decodeReading: Decode<ChainReading> = (value, at) => {
  const reading = object(value, at)
  const result = oneOf('read', 'unknown')(reading['result'], `${at}.result`)
  if (result === 'read') return { result, facts: decodeFacts(reading['facts'], `${at}.facts`) }
  return { result, diagnostic: decodeDiagnostic(reading['diagnostic'], `${at}.diagnostic`) }
}

const decodeDiagnostic: Decode<Diagnostic> = (value, at) => {
  const diagnostic = object(value, at)
  return {
    severity: oneOf('error', 'warning', 'info')(diagnostic['severity'], `${at}.severity`),
    code: text(diagnostic['code'], `${at}.code`),
    message: text(diagnostic['message'], `${at}.message`),
    ...optional(diagnostic, 'object', text, at),
    ...optional(diagnostic, 'hint', text, at),
  }
}

const decodeFacts: Decode<ChainFacts> = (value, at) => {
  const facts = object(value, at)
  const of = (field: string) => ({ part: object(facts[field], `${at}.${field}`), here: `${at}.${field}` })
  const [block, registry, nonce, fees] = [of('block'), of('registry'), of('nonce'), of('fees')]
  return {
    block: {
      number: big(block.part['number'], `${block.here}.number`),
      hash: hex(block.part['hash'], `${block.here}.hash`),
      timestamp: big(block.part['timestamp'], `${block.here}.timestamp`),
    },
    registry: {
      codeHash: hex(registry.part['codeHash'], `${registry.here}.codeHash`),
      version: text(registry.part['version'], `${registry.here}.version`),
    },
    owner: address(facts['owner'], `${at}.owner`),
    ownerIsContract: flag(facts['ownerIsContract'], `${at}.ownerIsContract`),
    nonce: {
      latest: count(nonce.part['latest'], `${nonce.here}.latest`),
      pending: count(nonce.part['pending'], `${nonce.here}.pending`),
      settled: count(nonce.part['settled'], `${nonce.here}.settled`),
    },
    balance: big(facts['balance'], `${at}.balance`),
    fees: {
      baseFee: big(fees.part['baseFee'], `${fees.here}.baseFee`),
      priorityFee: big(fees.part['priorityFee'], `${fees.here}.priorityFee`),
    },
    identities: listOf(decodeIdentity)(facts['identities'], `${at}.identities`),
    left: listOf((item, here) => {
      const gone = object(item, here)
      return { agentId: agentId(gone['agentId'], `${here}.agentId`), to: address(gone['to'], `${here}.to`) }
    })(facts['left'], `${at}.left`),
  }
}

const decodeIdentity: Decode<OwnedIdentity> = (value, at) => {
  const identity = object(value, at)
  return {
    agentId: agentId(identity['agentId'], `${at}.agentId`),
    uri: text(identity['uri'], `${at}.uri`),
    ...optional(identity, 'idem', hex, at),
    wallet: address(identity['wallet'], `${at}.wallet`),
    metadata: mapOf(hex)(identity['metadata'], `${at}.metadata`),
  }
}

/** Decimal, as text. */
export const agentId: Decode<string> = (value, at) => {
  if (typeof value === 'string' && /^\d{1,80}$/.test(value)) return value
  throw damaged(at, 'a decimal number as text')
}
