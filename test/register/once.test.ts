import assert from 'node:assert/strict'
import process from 'node:process'
import { test } from 'node:test'
import fc from 'fast-check'
import { IDEM_KEY } from '../../src/chain/idempotency-key.ts'
import { effortKey } from '../../src/register/effort-key.ts'
import { OWNER } from '../support/fake-chain.ts'
import { CONFIRMATIONS, IDEM, TARGET } from './factories.ts'
import { CALL_ENDS, type CallEnd, type Event, type Outcome, play } from './schedule.ts'

const PROCESS = fc.constantFrom(0 as const, 1 as const)
/** Mostly nothing happens: otherwise no process would ever come far. */
const CALL_END: fc.Arbitrary<CallEnd> = fc.oneof(
  { weight: 12, arbitrary: fc.constant('ok' as const) },
  { weight: 4, arbitrary: fc.constantFrom(...CALL_ENDS) },
)
const STEPS = fc.record({ do: fc.constant('step' as const), process: PROCESS, how: CALL_END })
const EVENT: fc.Arbitrary<Event> = fc.oneof(
  { weight: 40, arbitrary: STEPS },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('mine' as const), blocks: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('reorg' as const),
      depth: fc.integer({ min: 1, max: CONFIRMATIONS - 1 }),
      keeps: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('drop' as const, 'resurrect' as const, 'foreign' as const, 'others-mint' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fee' as const), gwei: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('crash' as const), process: PROCESS, losesJournal: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('lag' as const), process: PROCESS, blocks: fc.integer({ min: 0, max: 5 }) }),
  },
)

function assertOnce({ chain, agents }: Outcome): void {
  const [token, ...others] = chain.tokens
  assert.deepEqual(others, [], 'a second identity was minted')
  assert.ok(token !== undefined && token.owner === OWNER && token.metadata[IDEM_KEY] === IDEM)
  for (const { agentId, claims, ledger } of agents) {
    assert.equal(agentId, String(token.agentId))
    for (const claim of claims) assert.equal(claim, agentId, 'called final what was not')
    assert.equal(ledger.current().get(effortKey(TARGET, 'register'))?.final?.agentId, agentId)
  }
  const ours = chain.transactions.filter(({ isForeign }) => !isForeign)
  assert.equal(ours.length, 1, 'sent more than the mint')
}

test('behavior: whatever happens, one identity is minted and every process names it', async () => {
  const property = fc.asyncProperty(fc.array(EVENT, { minLength: 20, maxLength: 200, size: 'max' }), async (events) => {
    assertOnce(await play(events))
  })
  await fc.assert(property, { numRuns: 2000, seed: Number(process.env['SEED'] ?? 4), endOnFailure: false })
})
