import type { Plan } from '../../src/plan/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import {
  applied,
  changed,
  endpoints,
  LABEL_PATH,
  LAST_YEAR,
  labelled,
  OTHER_PAYEE,
  ours,
  PAYEE,
  planOf,
  service,
  serviceOffer,
  serviceOfferCrd,
  updated,
  wanted,
  withMetadata,
  withPayment,
  withSpec,
} from './factories.ts'

/** One situation of an operator, and the plan that comes of it. */
export type Case = { readonly name: string; readonly plan: () => Plan }

const PATCHED = { by: 'kubectl-patch' }

/** An offer that was applied by us at `perRequest`, whose price somebody then set with a merge patch. */
function patchedPrice(): JsonObject {
  const live = ours(serviceOffer({ price: { perRequest: '0.001' } }))
  return changed(live, (object) => withPayment(object, { price: { perRequest: '0.002' } }), PATCHED)
}

function offerStep(object: JsonObject, live: readonly JsonObject[], options: Parameters<typeof planOf>[2] = {}): Plan {
  return planOf([wanted(object)], { live }, options)
}

/** Their payTo stands against ours. */
function contested(): readonly JsonObject[] {
  const live = ours(serviceOffer())
  return [changed(live, (object) => withPayment(object, { payTo: OTHER_PAYEE }), { by: 'kubectl-edit', at: LAST_YEAR })]
}

function option(network: string, perMTok: string): JsonObject {
  return { network, payTo: PAYEE, price: { perMTok } }
}

function secret(value: string): JsonObject {
  const data = { token: Buffer.from(value).toString('base64') }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'facilitator', namespace: 'llm', annotations: { url: `https://user:${value}@pay.example` } },
    type: 'Opaque',
    data,
  }
}

function pricing(text: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'notes', namespace: 'llm' },
    data: { 'notes.txt': text },
  }
}

export const SECRET_VALUES = ['hunter2-old', 'hunter2-new'] as const

export const CASES: readonly Case[] = [
  {
    name: 'create-all',
    plan: () =>
      planOf(
        [
          wanted(service()),
          wanted(endpoints()),
          wanted(serviceOffer()),
          wanted(serviceOffer({ name: 'hello', namespace: 'shop', price: { perRequest: '0.01' } })),
        ],
        { namespaces: { shop: 'absent' } },
      ),
  },
  {
    name: 'unchanged',
    plan: () =>
      planOf([wanted(service()), wanted(endpoints()), wanted(serviceOffer())], {
        live: [ours(service()), ours(endpoints()), ours(serviceOffer())],
      }),
  },
  {
    name: 'price-switch',
    plan: () =>
      planOf([wanted(service()), wanted(endpoints()), wanted(serviceOffer({ payment: { maxTimeoutSeconds: 600 } }))], {
        live: [ours(endpoints()), patchedPrice()],
      }),
  },
  {
    name: 'price-switch-shared',
    plan: () => {
      const mine = ours(serviceOffer({ price: { perRequest: '0.002' } }))
      return offerStep(serviceOffer(), [
        applied(serviceOffer({ price: { perRequest: '0.002' } }), { by: 'flux' }, mine),
      ])
    },
  },
  {
    name: 'two-live-price-keys',
    plan: () => {
      const both = { price: { perRequest: '0.002', perMTok: '23' } }
      return offerStep(serviceOffer(), [changed(ours(serviceOffer()), (object) => withPayment(object, both), PATCHED)])
    },
  },
  {
    name: 'yield-of-a-price-refused',
    plan: () =>
      offerStep(serviceOffer(), [patchedPrice()], {
        decisions: [{ path: 'spec.payment.price.perRequest', decision: 'yield' }],
      }),
  },
  { name: 'conflict-undecided', plan: () => offerStep(serviceOffer(), contested()) },
  {
    name: 'conflict-take',
    plan: () =>
      offerStep(serviceOffer(), contested(), {
        decisions: [{ path: 'spec.payment.payTo', decision: 'take', object: 'llm/aeon' }],
      }),
  },
  {
    name: 'conflict-yield',
    plan: () =>
      offerStep(serviceOffer({ payment: { maxTimeoutSeconds: 600 } }), contested(), {
        decisions: [{ path: 'spec.payment.payTo', decision: 'yield' }],
      }),
  },
  {
    name: 'conflict-share',
    plan: () =>
      planOf([wanted(serviceOffer(), { decisions: [{ path: 'spec.payment.payTo', decision: 'share' }] })], {
        live: contested(),
      }),
  },
  {
    name: 'adoption',
    plan: () =>
      planOf([wanted(service()), wanted(serviceOffer())], {
        live: [
          updated(service(), { by: 'kubectl-client-side-apply' }),
          updated(serviceOffer({ price: { perRequest: '0.002' } }), { by: 'kubectl-client-side-apply' }),
        ],
      }),
  },
  {
    name: 'other-workspace',
    plan: () => offerStep(serviceOffer(), [applied(labelled(serviceOffer(), 'shop-2'), { by: 'obol' })]),
  },
  {
    name: 'other-workspace-taken',
    plan: () =>
      offerStep(serviceOffer(), [applied(labelled(serviceOffer(), 'shop-2'), { by: 'obol' })], {
        decisions: [{ path: LABEL_PATH, decision: 'take', object: 'llm/aeon' }],
      }),
  },
  {
    name: 'asset-null-out',
    plan: () => {
      const asset = { address: OTHER_PAYEE, symbol: 'OBOL', decimals: 18, transferMethod: 'permit2' }
      const live = changed(ours(serviceOffer()), (object) => withPayment(object, { asset }), { by: 'helm' })
      return offerStep(serviceOffer(), [live])
    },
  },
  {
    name: 'payments-replaced',
    plan: () => {
      const before = [option('base-sepolia', '23'), option('base', '25'), option('polygon', '30')]
      const after = [option('base-sepolia', '23'), option('base', '26')]
      return offerStep(serviceOffer({ spec: { payments: after } }), [
        ours(serviceOffer({ spec: { payments: before } })),
      ])
    },
  },
  {
    name: 'routes-reordered',
    plan: () => {
      const routes = [{ path: '/a' }, { path: '/b', gate: 'free' }]
      return offerStep(serviceOffer({ spec: { routes: routes.toReversed() } }), [
        ours(serviceOffer({ spec: { routes } })),
      ])
    },
  },
  {
    name: 'ports-reordered',
    plan: () => {
      const ports = [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 80 },
        { name: 'metrics', port: 9090, protocol: 'TCP', targetPort: 9090 },
      ]
      return planOf([wanted(service('aeon', 'llm', ports.toReversed()), { manifest: true })], {
        live: [ours(service('aeon', 'llm', ports))],
      })
    },
  },
  {
    name: 'field-removed',
    plan: () => offerStep(serviceOffer(), [ours(serviceOffer({ spec: { listing: { weight: 5, category: 'llm' } } }))]),
  },
  {
    name: 'orphans-left',
    plan: () => planOf([wanted(serviceOffer())], { live: [ours(serviceOffer()), ours(serviceOffer({ name: 'old' }))] }),
  },
  {
    name: 'prune',
    plan: () =>
      planOf(
        [wanted(serviceOffer())],
        { live: [ours(serviceOffer()), ...['Service', 'Endpoints', 'ServiceOffer'].map(oldObject)] },
        { prune: { maxCount: 3, maxPercent: 10 } },
      ),
  },
  {
    name: 'prune-ceiling',
    plan: () =>
      planOf(
        [wanted(serviceOffer())],
        { live: [ours(serviceOffer()), ...['Service', 'Endpoints', 'ServiceOffer'].map(oldObject)] },
        { prune: { maxCount: 2, maxPercent: 10 } },
      ),
  },
  {
    name: 'missing-crd',
    plan: () => planOf([wanted(service()), wanted(serviceOffer())], { without: ['ServiceOffer'] }),
  },
  {
    name: 'crd-in-the-plan',
    plan: () =>
      planOf([wanted(serviceOffer()), wanted(serviceOfferCrd(), { manifest: true })], { without: ['ServiceOffer'] }),
  },
  {
    name: 'missing-namespace',
    plan: () => planOf([wanted(serviceOffer({ namespace: 'shop' }))], { namespaces: { shop: 'absent' } }),
  },
  {
    name: 'terminating',
    plan: () => {
      const dying = withMetadata(ours(serviceOffer()), {
        deletionTimestamp: '2025-11-23T11:59:00Z',
        finalizers: ['monetize.obol.org/finalizer'],
      })
      return planOf([wanted(service('gone', 'old')), wanted(serviceOffer())], {
        live: [dying],
        namespaces: { old: 'terminating' },
      })
    },
  },
  {
    name: 'backend-held-back',
    plan: () => {
      const bad = service('aeon', 'llm', [{ port: '8402', protocol: 'TCP' }])
      return planOf([wanted(bad), wanted(serviceOffer())])
    },
  },
  {
    name: 'before-first-apply',
    plan: () => {
      const { managedFields: _, ...metadata } = ours(serviceOffer({ price: { perRequest: '0.002' } }))[
        'metadata'
      ] as JsonObject
      const bare = withPayment(
        { ...serviceOffer(), metadata },
        { price: { perRequest: '0.002' }, scheme: 'exact', maxTimeoutSeconds: 300 },
      )
      return offerStep(serviceOffer(), [bare])
    },
  },
  {
    name: 'broken-managed-fields',
    plan: () =>
      offerStep(serviceOffer(), [
        withMetadata(ours(serviceOffer()), { managedFields: [{ manager: 'x', operation: 'Patch' }] }),
      ]),
  },
  {
    name: 'secrets',
    plan: () => {
      const [old, now] = SECRET_VALUES
      const live = withMetadata(ours(secret(old)), {})
      return planOf([wanted(secret(now), { manifest: true })], { live: [live] })
    },
  },
  {
    name: 'long-text',
    plan: () =>
      planOf([wanted(pricing('one\ntwo\nthree\nfour\n'), { manifest: true })], {
        live: [ours(pricing('one\n2\nthree\nfour\nfive\n'))],
      }),
  },
  {
    name: 'unused-decision',
    plan: () =>
      offerStep(withSpec(serviceOffer(), {}), [ours(serviceOffer())], {
        decisions: [{ path: 'spec.payment.payto', decision: 'take' }],
      }),
  },
]

function oldObject(kind: string): JsonObject {
  if (kind === 'Service') return ours(service('old'))
  return kind === 'Endpoints' ? ours(endpoints('old')) : ours(serviceOffer({ name: 'old' }))
}

/** The plan of a case by its name. */
export function caseOf(name: string): Plan {
  const found = CASES.find((item) => item.name === name)
  if (found === undefined) throw new Error(`no case ${name}`)
  return found.plan()
}
