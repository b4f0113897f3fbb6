import { REGISTER_ERRORS } from '../errors/register.ts'
import type { ChainEvent } from '../journal/journal-events.ts'
import { type Effort, openGroup } from '../journal/reduce-chain.ts'
import type { ChainStep } from '../plan/chain.ts'
import type { Diagnostic } from '../plan/types.ts'
import { chainDiagnostic } from './chain-diagnostic.ts'
import { effortKey } from './effort-key.ts'
import { isExpired } from './is-expired.ts'
import { type NextAction, nextAction } from './next-action.ts'
import type { ChainResult, RegisterPorts } from './ports.ts'
import { prepareAttempt } from './prepare-attempt.ts'
import { identityProblem } from './problems.ts'
import { type Look, sight, type TargetedStep } from './sight.ts'
import { signAttempt } from './sign-attempt.ts'

/** How often one run begins anew after somebody else took the nonce. */
const MAX_EPOCHS = 5

type Seen = Extract<Look, { result: 'seen' }>

/**
 * Brings one step on a chain to its end, or as far as it gets: look, choose the next action, do that one thing, record it;
 * again. What an earlier run signed is gone on with, never signed anew. Rejects only when the journal cannot be written.
 * SIDE EFFECTS: journal records; at most one transaction per nonce that can be mined.
 */
export async function runChainStep(step: ChainStep, run: string, ports: RegisterPorts): Promise<ChainResult> {
  if (step.identity === undefined)
    return { result: 'failed', diagnostic: chainDiagnostic(step, REGISTER_ERRORS.NO_SIGNER) }
  return new ChainRun({ ...step, identity: step.identity }, run, ports).toEnd()
}

/** One step while it runs: what was broadcast when, since the journal does not know. */
class ChainRun {
  readonly #step: TargetedStep
  readonly #run: string
  readonly #ports: RegisterPorts
  readonly #key: string
  readonly #started: number
  /** When the newest transaction was first and last broadcast. */
  #first: number | undefined
  #last: number | undefined
  /** The node said so of the newest transaction. */
  #isTooCheap = false
  #epochs = 0
  #isIntended = false

  constructor(step: TargetedStep, run: string, ports: RegisterPorts) {
    this.#step = step
    this.#run = run
    this.#ports = ports
    this.#key = effortKey(step.identity, step.op === 'adopt' ? 'register' : step.op, keyOf(step))
    this.#started = ports.now()
  }

  get #effort(): Effort | undefined {
    return this.#ports.ledger.current().get(this.#key)
  }

  async toEnd(): Promise<ChainResult> {
    for (;;) {
      const look = await this.#look()
      if (look.result === 'seen') {
        const problem = identityProblem(this.#step, look, this.#effort)
        if (problem !== undefined) return { result: 'failed', diagnostic: problem }
        const outcome = await this.#act(look)
        if (outcome !== undefined) return outcome
      } else if (this.#isOver()) {
        return { result: 'pending', diagnostic: goingOn(look.diagnostic, this.#effort) }
      } else {
        await this.#ports.pause(this.#ports.timing.pollMs)
      }
    }
  }

  async #look(): Promise<Look> {
    let look: Look
    try {
      look = await sight(this.#step, this.#effort, this.#ports)
    } catch (error) {
      return { result: 'unknown', diagnostic: chainDiagnostic(this.#step, REGISTER_ERRORS.UNKNOWN, error) }
    }
    return this.#notReorganised(look)
  }

  /** What the journal calls final and the chain does not have any more is gone on with, from its last transaction. */
  async #notReorganised(look: Look): Promise<Look> {
    const effort = this.#effort
    if (look.result !== 'seen' || look.recall.result !== 'reorganised') return look
    if (effort?.final === undefined || look.sighting.effect.isDone) return look
    const why = `identity ${effort.final.agentId} is not on the chain any more`
    await this.#record({ type: 'chain-reorganised', why })
    return look
  }

  async #act(seen: Seen): Promise<ChainResult | undefined> {
    const since = (at: number | undefined): number | undefined => at && this.#ports.now() - at
    const sighting = {
      ...seen.sighting,
      sinceBroadcast: since(this.#last),
      sinceFirst: since(this.#first),
      isTooCheap: this.#isTooCheap,
      isExpired: this.#effort !== undefined && isExpired(this.#effort, seen.facts.block.timestamp),
    }
    const { timing } = this.#ports
    const action = nextAction(this.#effort, sighting, {
      confirmations: this.#step.confirmations,
      rebroadcastAfter: timing.rebroadcastAfterMs,
      bumpAfter: timing.bumpAfterMs,
    })
    switch (action.action) {
      case 'sign':
      case 'bump':
        return this.#sign(action, seen)
      case 'broadcast':
        return this.#broadcast(action)
      case 'finish':
        return this.#finish(action, seen)
      case 'reverted':
        return this.#reverted(action)
      case 'superseded':
        return this.#superseded(action)
      case 'stuck':
        return { result: 'failed', diagnostic: chainDiagnostic(this.#step, REGISTER_ERRORS.STUCK, action.why) }
      case 'wait':
        return this.#wait(action)
    }
  }

  async #sign(action: Extract<NextAction, { action: 'sign' | 'bump' }>, seen: Seen): Promise<ChainResult | undefined> {
    if (this.#ports.signal.aborted) return this.#pending('interrupted before anything was signed')
    if (this.#epochs >= MAX_EPOCHS) return this.#pending('other transactions of the owner keep taking the nonce')
    const prepared = await prepareAttempt(this.#step, action, seen.facts, this.#ports)
    if (prepared.result === 'failed') return prepared
    if (prepared.result === 'stale') return this.#superseded({ action: 'superseded', ...prepared })
    if (prepared.result === 'wait') return this.#notYet(action, prepared.why)
    if (action.action === 'sign') {
      this.#epochs += 1
      await this.#intend(seen)
    }
    const signed = await signAttempt(this.#step, prepared, this.#ports)
    if (signed.result === 'failed') return signed
    await this.#record({ type: 'tx-signed', ...signed.attempt })
    this.#forgetBroadcast()
    return undefined
  }

  /** A bump that may not be made yet does not keep the newest transaction from being offered again. */
  async #notYet(
    action: Extract<NextAction, { action: 'sign' | 'bump' }>,
    why: string,
  ): Promise<ChainResult | undefined> {
    const { rebroadcastAfterMs } = this.#ports.timing
    const isDue = this.#last === undefined || this.#ports.now() - this.#last >= rebroadcastAfterMs
    if (action.action === 'bump' && isDue) {
      const outcome = await this.#broadcast({ action: 'broadcast', attempt: action.newest })
      if (outcome !== undefined) return outcome
    }
    return this.#wait({ action: 'wait', why })
  }

  #forgetBroadcast(): void {
    this.#first = undefined
    this.#last = undefined
    this.#isTooCheap = false
  }

  async #broadcast({ attempt }: Extract<NextAction, { action: 'broadcast' }>): Promise<ChainResult | undefined> {
    const answer = await this.#ports.chain
      .send(attempt.raw, this.#ports.signal)
      .catch((error: unknown) => ({ result: 'lost' as const, error }))
    this.#last = this.#ports.now()
    this.#first ??= this.#last
    switch (answer.result) {
      case 'accepted':
        this.#isTooCheap = false
        await this.#record({ type: 'tx-sent', hash: attempt.hash })
        return undefined
      case 'refused':
        return { result: 'pending', diagnostic: chainDiagnostic(this.#step, REGISTER_ERRORS.REFUSED, answer.message) }
      // Whether it was taken is decided by what is on the chain, at the next look.
      case 'underpriced':
        this.#isTooCheap = true
        await this.#ports.pause(this.#ports.timing.pollMs)
        return undefined
      case 'lost':
      case 'nonce-spent':
        await this.#ports.pause(this.#ports.timing.pollMs)
        return undefined
    }
  }

  async #finish(action: Extract<NextAction, { action: 'finish' }>, seen: Seen): Promise<ChainResult> {
    const { agentId, receipt } = action
    const effort = this.#effort
    const isKnown = effort?.final?.agentId === agentId && effort.genesis === seen.sighting.genesis
    if (isKnown && this.#epochs === 0) return { result: 'unchanged', agentId }
    if (effort === undefined || openGroup(effort) === undefined) await this.#intend(seen)
    await this.#record({
      type: 'chain-final',
      agentId,
      adopted: receipt === undefined,
      blockNumber: String(receipt?.blockNumber ?? seen.deep.number),
      blockHash: receipt?.blockHash ?? seen.deep.hash,
      ...(receipt === undefined ? {} : { hash: receipt.hash, fee: String(receipt.fee) }),
    })
    if (this.#step.op !== 'register' && this.#step.op !== 'adopt') return { result: 'configured', agentId }
    return { result: receipt === undefined ? 'adopted' : 'registered', agentId }
  }

  async #reverted({ group, receipt }: Extract<NextAction, { action: 'reverted' }>): Promise<ChainResult> {
    const reason = 'the transaction was mined and reverted'
    await this.#record({ type: 'tx-reverted', epoch: group.epoch, hash: receipt.hash, reason })
    return { result: 'failed', diagnostic: chainDiagnostic(this.#step, REGISTER_ERRORS.REVERTED, receipt.hash) }
  }

  async #superseded({ group, why }: Extract<NextAction, { action: 'superseded' }>): Promise<undefined> {
    await this.#record({ type: 'tx-superseded', epoch: group.epoch, nonce: group.nonce, why })
    this.#forgetBroadcast()
    // On another chain it is another effort.
    this.#isIntended = false
    return undefined
  }

  async #wait({ why, receipt }: Extract<NextAction, { action: 'wait' }>): Promise<ChainResult | undefined> {
    if (receipt !== undefined && this.#effort?.mined?.blockHash !== receipt.blockHash) {
      const { hash, blockNumber, blockHash } = receipt
      await this.#record({ type: 'tx-mined', hash, blockNumber: String(blockNumber), blockHash })
    }
    if (this.#isOver()) return this.#pending(why)
    await this.#ports.pause(this.#ports.timing.pollMs)
    return undefined
  }

  #isOver(): boolean {
    return this.#ports.signal.aborted || this.#ports.now() - this.#started >= this.#ports.timing.waitMs
  }

  #pending(why: string): ChainResult {
    return { result: 'pending', diagnostic: chainDiagnostic(this.#step, REGISTER_ERRORS.PENDING, why) }
  }

  /** Once per effort: an intent on top of an open effort would say nothing. */
  async #intend({ facts, sighting }: Seen): Promise<void> {
    if (this.#isIntended) return
    this.#isIntended = true
    const { op, identity, agentId } = this.#step
    if (op === 'settled') throw new Error('unreachable: a settled step is not run')
    const { network, chainId, registry, owner, confirmations, idem, uri } = identity
    await this.#record({
      type: 'chain-intended',
      op,
      target: { network, chainId, registry, owner, confirmations, idem, uri },
      ...(agentId === undefined ? {} : { agentId }),
      fromBlock: String(facts.block.number),
      genesis: sighting.genesis,
      registryVersion: facts.registry.version,
    })
  }

  #record(event: Unnamed<ChainEvent>): Promise<void> {
    return this.#ports.ledger.record({ ...event, run: this.#run, step: this.#step.id, key: this.#key })
  }
}

/** What may be better in a moment goes on with the next apply, not with another plan; what was signed is not forgotten. */
function goingOn(diagnostic: Diagnostic, effort: Effort | undefined): Diagnostic {
  const group = effort === undefined ? undefined : openGroup(effort)
  const signed = group === undefined ? '' : `; what was signed with nonce ${group.nonce} is recorded and gone on with`
  const hint = diagnostic.hint === 'obol plan' ? { hint: 'obol apply' } : {}
  return { ...diagnostic, message: `${diagnostic.message}${signed}`, ...hint }
}

/** An event before it is said which run and step it belongs to. */
type Unnamed<E> = E extends ChainEvent ? Omit<E, 'run' | 'step' | 'key'> : never

function keyOf(step: ChainStep): string | undefined {
  return step.op === 'set-metadata' ? step.entries?.[0]?.key : undefined
}
