import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { planVerdict } from '../../src/plan/plan-verdict.ts'
import type { ObjectStep, Plan } from '../../src/plan/types.ts'
import { ruleSchemas } from '../../src/policy/crd-rules/rule-schemas.ts'
import { withCrdRules } from '../../src/policy/crd-rules/with-crd-rules.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { codesIn, openShop, seen } from '../e2e/shop.ts'

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: jobs.example.org }
spec:
  group: example.org
  scope: Namespaced
  names: { kind: Job, plural: jobs, singular: job, listKind: JobList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              x-kubernetes-validations: [{ rule: self.least <= self.most, message: least is at most most, fieldPath: .least }]
              properties:
                least: { type: integer, x-kubernetes-validations: [{ rule: self >= oldSelf, message: it only grows }] }
                most: { type: integer, default: 5, x-kubernetes-validations: [{ rule: 'semver(string(self)).major() > 1' }] }
                password:
                  type: string
                  x-kubernetes-validations: [{ rule: self.size() > 8, messageExpression: '"too short: " + self' }]
`

const job = (name: string, spec: string): string =>
  `apiVersion: example.org/v1\nkind: Job\nmetadata: { name: ${name}, namespace: default }\nspec: ${spec}\n`

function step(spec: JsonObject, more: Partial<ObjectStep> = {}): ObjectStep {
  const ref = { apiVersion: 'example.org/v1', kind: 'Job', namespace: 'default', name: 'a' }
  const metadata = { name: 'a', namespace: 'default' }
  return {
    ...{ kind: 'object', id: 'Job.example.org/default/a', op: 'create', ref, plural: 'jobs', dependsOn: [] },
    ...{ changes: [], transfers: [], conflicts: [], diagnostics: [] },
    after: { apiVersion: ref.apiVersion, kind: ref.kind, metadata, spec },
    write: { type: 'apply', manifest: {}, force: false, closed: [] },
    ...more,
  }
}

const SCHEMA: JsonObject = parse(CRD).spec.versions[0].schema.openAPIV3Schema

function planOf(...steps: readonly ObjectStep[]): Plan {
  return {
    ...{ workspaceId: 'w', readAt: '2026-01-01T00:00:00Z', requests: 0, offers: [], diagnostics: [], orphans: [] },
    cluster: { context: 'c', server: 's', fingerprint: 'f', version: 'v1.37.2' },
    steps,
  }
}

const judged = (...steps: readonly ObjectStep[]): Plan => withCrdRules(planOf(...steps), () => SCHEMA)

function only(plan: Plan): ObjectStep {
  const [first] = plan.steps
  assert.ok(first?.kind === 'object')
  return first
}

test('default: a step that breaks a rule is an error and writes nothing', () => {
  const plan = judged(step({ least: 3, most: 2 }))
  assert.equal(only(plan).write, undefined)
  const { code, message, field, object } = only(plan).diagnostics[0] ?? {}
  assert.deepEqual([code, field, object], ['OBOL-Y004', 'spec.least', 'Job.example.org/default/a'])
  assert.equal(message, 'least is at most most')
  assert.equal(planVerdict(plan), 'errors')
})

test('behavior: a step that keeps the rules is the same step', () => {
  const before = step({ least: 1, most: 2 })
  const plan = judged(before)
  assert.equal(only(plan), before)
  assert.deepEqual(
    plan.diagnostics.map(({ severity, code }) => `${severity} ${code}`),
    ['info OBOL-Y005'],
  )
})

test('behavior: what is not known is one remark per kind, whatever the number of objects', () => {
  const plan = judged(step({ least: 1, most: 2 }), step({ least: 1, most: 3 }))
  assert.deepEqual(
    plan.diagnostics.map(({ message }) => message),
    ['1 rule of Job could not be checked here, the API server will: the function semver'],
  )
})

test('behavior: steps that write nothing are not looked at', () => {
  const { write: _, ...refused } = step({ least: 3, most: 2 }, { op: 'update' })
  const plan = planOf(refused, step({ least: 3, most: 2 }, { op: 'delete', write: { type: 'delete' } }))
  assert.equal(
    withCrdRules(plan, () => SCHEMA),
    plan,
  )
  assert.equal(
    ruleSchemas(plan, () => undefined),
    undefined,
  )
})

test('behavior: a transition is judged against the stored object', () => {
  const before = { ...step({ least: 4, most: 4 }).after }
  const plan = judged(step({ least: 3, most: 4 }, { op: 'update', before }))
  assert.deepEqual(
    only(plan).diagnostics.map(({ message }) => message),
    ['it only grows'],
  )
})

test('behavior: words made from a secret are not shown', () => {
  const [found] = only(judged(step({ least: 1, most: 2, password: 'hunter2' }))).diagnostics
  assert.equal(found?.message, 'failed rule: self.size() > 8')
})

const WITH_CRD = {
  'obol.yaml': `apiVersion: offers.obol.org/v1alpha1
kind: Workspace
metadata: { name: shop }
spec: { id: shop-1, offers: [crds, offers], host: { address: 192.0.2.10 } }
`,
  'crds/crd.yaml': CRD,
  'offers/bad.yaml': job('bad', '{ least: 7 }'),
  'offers/good.yaml': job('good', '{ least: 5 }'),
}

test('default: the rules of a CRD in the same plan hold for its objects, and nothing is sent', async (t) => {
  const shop = await openShop(t, { files: WITH_CRD })
  for (const args of [['plan'], ['plan', '--json']]) {
    const run = await shop.obol(args)
    assert.equal(run.exitCode, 1, seen(run))
    assert.match(seen(run), /least is at most most/)
    assert.ok(codesIn(seen(run)).includes('OBOL-Y004'), seen(run))
    assert.ok(codesIn(seen(run)).includes('OBOL-Y005'), seen(run))
  }
  assert.notEqual((await shop.obol(['apply', '--yes'])).exitCode, 0)
  const writes = shop.requests.filter((request) => request.startsWith('PATCH'))
  assert.ok(writes.some((request) => request.includes('/serviceoffers/hello')))
  assert.deepEqual(
    writes.filter((request) => request.includes('/jobs/bad')),
    [],
  )
})

test('behavior: a plan from a snapshot keeps the rules of a CRD as well', async (t) => {
  const shop = await openShop(t, { files: WITH_CRD })
  assert.equal((await shop.obol(['snapshot', '--out', 'c.gz'])).exitCode, 0)
  const run = await shop.obol(['plan', '--snapshot', 'c.gz'])
  assert.equal(run.exitCode, 1, seen(run))
  assert.match(seen(run), /least is at most most/)
})
