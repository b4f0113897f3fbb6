import type { ChainStep } from '../../src/plan/chain.ts'
import type { DesiredObject } from '../../src/plan/desired.ts'
import type { Case } from './cases.ts'
import { agentIdentityCrd, chainPlan, chainStep, fee, mint, OWNER, setter, URI, waiting } from './chain-factories.ts'
import { ours, PAYEE, service, serviceOffer, wanted } from './factories.ts'

const AEON: readonly DesiredObject[] = [wanted(service()), wanted(serviceOffer())]
const AEON_LIVE = [ours(service()), ours(serviceOffer())]
const WEATHER = serviceOffer({ name: 'weather', namespace: 'default', price: { perRequest: '0.01' } })
const BOTH: readonly string[] = ['llm/aeon', 'default/weather']

const NOTE = {
  severity: 'info' as const,
  code: 'OBOL-R005',
  message: `the signer ${OWNER} is not who is paid: ${PAYEE}`,
}

const SETTLED = chainStep('settled', { agentId: '57', text: 'identity 57', diagnostics: [NOTE] })

/** Situations with steps on chains, and the plans that come of them. */
export const CHAIN_CASES: readonly Case[] = [
  { name: 'mint', plan: () => chainPlan(AEON, [mint({ diagnostics: [NOTE] })]) },
  {
    name: 'adopt',
    plan: () =>
      chainPlan(
        AEON,
        [chainStep('adopt', { agentId: '57', text: 'identity 57 is on the chain already: it is recorded' })],
        { live: AEON_LIVE, registrations: [{ chain: 'base', agentId: '3' }] },
      ),
  },
  {
    name: 'set-all',
    plan: () =>
      chainPlan(AEON, setters(), { live: AEON_LIVE, registrations: [{ chain: 'base-sepolia', agentId: '9' }] }),
  },
  { name: 'no-base-url', plan: () => chainPlan(AEON, [waiting()], { live: AEON_LIVE }) },
  {
    name: 'unknown-chain',
    plan: () => {
      const diagnostics = [{ severity: 'error' as const, code: 'OBOL-C001', message: 'the chain cannot be read' }]
      const text = 'unknown: the chain could not be read'
      const unknown = chainStep('register', { state: 'unknown', text, diagnostics, agentId: '57' })
      return chainPlan(AEON, [unknown], { live: AEON_LIVE })
    },
  },
  {
    name: 'pending',
    plan: () =>
      chainPlan(AEON, [mint({ state: 'pending', text: 'sent as 0xabcdef12…9876 with nonce 4: goes on with it' })], {
        live: AEON_LIVE,
      }),
  },
  {
    name: 'settled',
    plan: () =>
      chainPlan(AEON, [SETTLED], { live: AEON_LIVE, registrations: [{ chain: 'base-sepolia', agentId: '57' }] }),
  },
  { name: 'max-fee', plan: () => chainPlan(AEON, [mint()], {}, { maxFee: 50_000_000_000_000n }) },
  {
    name: 'two-chains',
    plan: () =>
      chainPlan(AEON, [
        mint(),
        mint({
          network: 'ethereum',
          id: 'register/ethereum/register',
          chainId: 1,
          fee: fee(40n, 123n),
          balance: { needed: 130_000n * 10n ** 10n, held: 0n },
        }),
      ]),
  },
  {
    name: 'shared-identity',
    plan: () => chainPlan([...AEON, wanted(WEATHER)], [mint({ offers: BOTH })], { live: AEON_LIVE }),
  },
  {
    name: 'offer-held-back',
    plan: () => {
      const bad = service('aeon', 'llm', [{ port: '8402', protocol: 'TCP' }])
      return chainPlan([wanted(bad), wanted(serviceOffer())], [mint()])
    },
  },
  {
    name: 'identity-waits',
    plan: () => chainPlan(AEON, [mint()], { live: AEON_LIVE, servesIdentities: false }),
  },
  {
    name: 'identity-crd-in-the-plan',
    plan: () =>
      chainPlan([...AEON, wanted(agentIdentityCrd(), { manifest: true })], [mint()], {
        live: AEON_LIVE,
        servesIdentities: false,
      }),
  },
]

function setters(): readonly ChainStep[] {
  return [
    setter('set-uri', {
      text: 'identity 57: another URI',
      changes: [{ path: 'agentURI', before: 'https://old.example/agent.json', after: URI }],
    }),
    setter('set-metadata', {
      key: 'region',
      text: 'identity 57: metadata region',
      outcome: 'would succeed',
      changes: [{ path: 'metadata.region', before: 'us', after: 'eu' }],
    }),
    setter('set-wallet', {
      text: 'agent wallet: signed by the wallet when it is sent',
      changes: [{ path: 'agentWallet', before: OWNER, after: PAYEE }],
      call: { to: PAYEE },
    }),
  ]
}

/** The plan of a case by its name. */
export function chainCaseOf(name: string): ReturnType<Case['plan']> {
  const found = CHAIN_CASES.find((item) => item.name === name)
  if (found === undefined) throw new Error(`no case ${name}`)
  return found.plan()
}
