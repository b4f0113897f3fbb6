import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compileOffers } from '../../src/offers/compile-offers.ts'
import { parseSources } from '../../src/offers/parse-sources.ts'
import { validateDocuments } from '../../src/offers/validate-documents.ts'
import type { Desired } from '../../src/plan/desired.ts'
import type { SummaryView } from '../../src/plan/plan-view.ts'
import { checkOffers } from '../../src/policy/check-offers.ts'
import { checkPlan } from '../../src/policy/check-plan.ts'
import { compareDecimals, decimalValue } from '../../src/policy/decimal-type.ts'
import { offerEnvironment } from '../../src/policy/environment.ts'
import { compileExpression } from '../../src/policy/expression.ts'
import { loadPolicies } from '../../src/policy/load-policies.ts'
import type { Rule } from '../../src/policy/policy.ts'
import { isSafePattern } from '../../src/policy/safe-pattern.ts'
import { codesIn, OTHER_PAYEE, offer, openShop, PAYEE, seen } from '../e2e/shop.ts'

const DOC = readFileSync(join(import.meta.dirname, '../../docs/policies.md'), 'utf8')
const EXAMPLE = /```yaml\n([\s\S]*?)```/.exec(DOC)?.[1] ?? ''

function policy(...rules: readonly string[]): string {
  const items = rules.map((rule) => `    - { name: r, ${rule} }`).join('\n')
  return `apiVersion: offers.obol.org/v1alpha1\nkind: Policy\nmetadata: { name: p }\nspec:\n  rules:\n${items}\n`
}

function rulesOf(text: string): readonly Rule[] {
  const { rules, problems } = loadPolicies([{ path: 'policies/p.yaml', text }])
  assert.deepEqual(problems, [])
  return rules
}

function desiredOf(...texts: readonly string[]): Desired {
  const { documents } = parseSources(texts.map((text, i) => ({ path: `offers/${i}.yaml`, text })))
  const { documents: valid, problems } = validateDocuments(documents)
  assert.deepEqual(problems, [])
  return compileOffers(valid, { workspaceId: 'w', hostAddress: '192.0.2.1' }).desired
}

/** What is said of an offer, without the place of the rule. */
function said(rules: readonly Rule[], ...offers: readonly string[]): readonly string[] {
  return checkOffers(rules, desiredOf(...offers), () => undefined).map(({ code, message }) => `${code} ${message}`)
}

function holds(check: string, text = offer('hello')): boolean {
  return said(rulesOf(policy(`check: '${check}'`)), text).length === 0
}

describe('rules over offers', () => {
  test('default: the example of the documentation forbids what it says', () => {
    const rules = rulesOf(EXAMPLE)
    assert.deepEqual(said(rules, offer('ok')), [])
    const bad = [
      offer('dear', 'perRequest: "0.06"').replace('base-sepolia', 'base'),
      offer('cheap', 'perMTok: "0.5"'),
      offer('else', undefined, OTHER_PAYEE),
      offer('silent', undefined, PAYEE, '  registration: { name: x, description: short }\n'),
    ]
    assert.deepEqual(said(rules, ...bad), [
      'OBOL-Y001 house-rules/price-ceiling: at most 0.05 USDC per request, not 0.06 (policies/p.yaml:11)',
      'OBOL-Y001 house-rules/price-floor: at least 1 per million tokens (policies/p.yaml:16)',
      'OBOL-Y001 house-rules/payees: paid to a wallet that is not ours (policies/p.yaml:21)',
      'OBOL-Y001 house-rules/described: a registration needs a description (policies/p.yaml:25)',
    ])
  })

  test('behavior: what there is to know of an offer', () => {
    for (const check of [
      'offer.name == "hello" && offer.namespace == "default" && offer.type == "http"',
      'offer.network == "base-sepolia" && offer.token == "USDC" && offer.unit == "perRequest"',
      'offer.price == decimal("0.010") && offer.perRequest < decimal("0.011")',
      `offer.payTo in addresses(["${PAYEE}", "${OTHER_PAYEE}"])`,
      'offer.path == "/services/hello" && !offer.registered && !has(offer.registration.name)',
      'offer.spec.payment.price.perRequest == "0.01" && offer.spec.upstream.port == 80',
      'offer.name.matches("^[a-z]+$") && offer.name in ["hello", "more"]',
      'offer.?registration.?image.orValue("") == "" && size(offer.labels) >= 0',
    ]) {
      assert.ok(holds(check), check)
      assert.ok(!holds(`!(${check})`), check)
    }
    assert.ok(holds('offer.perRequest == decimal("0.0015")', offer('a', 'perMTok: "1.5"')))
  })

  test('behavior: each way to pay is checked, and pointed at', () => {
    const pay = (network: string, price: string): string =>
      `{ payTo: "${PAYEE}", network: ${network}, price: { perRequest: "${price}" } }`
    const several = (list: string): string =>
      offer('two').replace(/ {2}payment:[\s\S]*$/, `  payment: ${pay('base', '0.01')}\n  payments: [${list}]\n`)
    const two = several(`${pay('base', '0.01')}, ${pay('base-sepolia', '0.09')}`)
    const rules = rulesOf(policy('check: \'offer.price < decimal("0.05")\', field: spec.payment.price'))
    const found = checkOffers(rules, desiredOf(two), () => undefined)
    assert.deepEqual(
      found.map(({ field }) => field),
      ['spec.payments[1].price'],
    )
  })

  test('behavior: the price of a route is a price', () => {
    const route = '  routes: [{ path: /big, price: { perRequest: "0.5" } }, { path: /small }]\n'
    const rules = rulesOf(policy('check: \'offer.price < decimal("0.05")\', field: spec.payment.price'))
    const found = checkOffers(rules, desiredOf(offer('routed', undefined, PAYEE, route)), () => undefined)
    assert.deepEqual(
      found.map(({ field }) => field),
      ['spec.routes[0].price'],
    )
  })

  test('error: what cannot be evaluated does not hold', () => {
    for (const check of [
      'offer.spec.nope == 1',
      'addresses(["x"]) == []',
      'decimal("1,5") > decimal("0")',
      'offer.labels["x"] == ""',
    ]) {
      const [text = ''] = said(rulesOf(policy(`check: '${check}'`)), offer('hello'))
      assert.match(text, /^OBOL-Y002 p\/r: /, check)
    }
    const [text = ''] = said(rulesOf(policy("when: 'offer.spec.nope', check: 'true'")), offer('hello'))
    assert.match(text, /^OBOL-Y002 p\/r: when: /)
  })

  test('behavior: policies do not depend on their order', () => {
    const texts = [EXAMPLE, policy('check: \'offer.price < decimal("0.001")\'').replace('name: p', 'name: q')]
    const files = texts.map((text, i) => ({ path: `policies/${i}.yaml`, text }))
    const of = (list: typeof files): readonly string[] =>
      said(loadPolicies(list).rules, offer('a'), offer('b')).toSorted()
    assert.deepEqual(of(files), of(files.toReversed()))
    assert.equal(of(files).length, 2)
  })
})

describe('rules over plans', () => {
  const SUMMARY: SummaryView = {
    ...{ create: 1, update: 0, adopt: 0, delete: 3, wait: 0, unchanged: 0, heldBack: 0, nullOuts: 0, transfers: 0 },
    ...{ conflicts: 0, errors: 0, warnings: 0, orphans: 0, identities: 0, sentence: '' },
    registrations: { mint: 1, adopt: 0, change: 0, pending: 0, waiting: 0, unknown: 0, settled: 0 },
    fees: [{ network: 'base', coin: 'ETH', low: 1n, high: 20_000_000_000_000_000n }],
  }

  test('default: counts and fees', () => {
    const codes = (check: string): readonly string[] =>
      checkPlan(rulesOf(policy(`for: plan, check: '${check}'`)), SUMMARY).map(({ code }) => code)
    assert.deepEqual(codes('plan.delete <= 2'), ['OBOL-Y001'])
    assert.deepEqual(codes('plan.delete <= 3 && plan.create + plan.mint == 2'), [])
    assert.deepEqual(codes('plan.fees["base"] <= decimal("0.02")'), [])
    assert.deepEqual(codes('plan.fees.all(network, plan.fees[network] < decimal("0.02"))'), ['OBOL-Y001'])
    assert.deepEqual(codes('plan.fees["ethereum"] <= decimal("1")'), ['OBOL-Y002'])
  })
})

describe('mistakes in a policy', () => {
  test('error: all at once, each at its place, with the nearest name or the character', () => {
    const text = `apiVersion: offers.obol.org/v1alpha1
kind: Policy
metadata: { name: p }
spec:
  rules:
    - { name: a, check: 'offer.netwrk == "base"' }
    - { name: b, check: 'offer.price < 1' }
    - { name: c, check: '1 +' }
    - { name: d, check: 'offer.name' }
    - { name: e, check: 'plan.delete < 1' }
    - { name: f, check: 'offer.name.matches("(a+)+$")' }
    - { name: g, check: 'offer.name.matches(offer.path)' }
    - { name: h, when: 'nope', check: 'true', messageExpression: '1' }
`
    const { rules, problems } = loadPolicies([{ path: 'policies/p.yaml', text }])
    assert.deepEqual(
      rules.map(({ name }) => name),
      ['p/h'],
    )
    assert.deepEqual(
      problems.map(({ code, line, path }) => `${code} ${line} ${path}`),
      [
        ...[6, 7, 8, 9, 10, 11, 12].map((line, i) => `OBOL-Y003 ${line} spec.rules[${i}].check`),
        'OBOL-Y003 13 spec.rules[7].when',
        'OBOL-Y003 13 spec.rules[7].messageExpression',
      ],
    )
    const unknown = loadPolicies([{ path: 'policies/p.yaml', text: text.replace('metadata', 'metdata') }])
    assert.ok(unknown.problems.some(({ hint = '' }) => hint.includes('metadata')))
    const twice = loadPolicies(['a', 'b'].map((name) => ({ path: `policies/${name}.yaml`, text: EXAMPLE })))
    assert.deepEqual(
      twice.problems.map(({ code }) => code),
      ['OBOL-Y003'],
    )
  })

  test('behavior: no expression throws or takes long, whatever it is', () => {
    const words = fc.constantFrom(
      ...'offer . name price == decimal( "0.1" ) [ ] { } ? : && || ! in has( all( x , 1 -1 1.5 matches( "a" null true'.split(
        ' ',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 80 }),
          fc.array(words, { maxLength: 30 }).map((list) => list.join(' ')),
        ),
        (text) => {
          const started = performance.now()
          const result = compileExpression(text, offerEnvironment(), 'bool')
          if ('evaluate' in result) result.evaluate({ offer: {} })
          else assert.equal(typeof result.message, 'string')
          return performance.now() - started < 1_000
        },
      ),
      { numRuns: 500, seed: 11 },
    )
    assert.equal(
      'message' in compileExpression(`${'('.repeat(5_000)}1${')'.repeat(5_000)}`, offerEnvironment(), 'bool'),
      true,
    )
  })

  test('behavior: patterns that could blow up are told from those that cannot', () => {
    for (const safe of ['^[a-z]+$', 'a|b', '^v\\d+\\.\\d+$', '[A-Z]{3}']) assert.ok(isSafePattern(safe), safe)
    for (const unsafe of ['(a+)+$', '(a|a)*', '(?:a)', '\\1', '(', 'a*a*a*a*b', 'x'.repeat(300)]) {
      assert.ok(!isSafePattern(unsafe), unsafe)
    }
  })
})

test('behavior: decimals compare as integers of the same scale do', () => {
  const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat({ max: 18 }))
  fc.assert(
    fc.property(decimal, decimal, ([a, scaleA], [b, scaleB]) => {
      const text = (digits: bigint, scale: number): string => {
        const all = digits.toString().padStart(scale + 1, '0')
        return scale === 0 ? all : `${all.slice(0, -scale)}.${all.slice(-scale)}`
      }
      const [left, right] = [a * 10n ** BigInt(18 - scaleA), b * 10n ** BigInt(18 - scaleB)]
      const expected = left < right ? -1 : left > right ? 1 : 0
      assert.equal(compareDecimals(decimalValue(text(a, scaleA)), decimalValue(text(b, scaleB))), expected)
    }),
    { numRuns: 500, seed: 7 },
  )
})

test('default: a violation is shown at its line, keeps everything from being applied, and ends with 6', async (t) => {
  const ceiling = policy('check: \'offer.price < decimal("0.005")\', message: too dear, field: spec.payment.price')
  const shop = await openShop(t, {
    files: { 'policies/p.yaml': ceiling, 'offers/cheap.yaml': offer('cheap', 'perRequest: "0.001"') },
  })
  const [before, journal] = [shop.stored(), shop.journal()]
  for (const args of [['validate'], ['plan'], ['apply', '--yes'], ['plan', '--json']]) {
    const run = await shop.obol(args)
    assert.equal(run.exitCode, 6, `${args.join(' ')}: ${seen(run)}`)
    assert.deepEqual(codesIn(seen(run)), ['OBOL-Y001'])
    assert.match(seen(run), /too dear/)
  }
  assert.match(
    (await shop.obol(['validate'])).stdout,
    /^offers\/hello\.yaml:10:5 spec\.payment\.price p\/r: too dear \(policies\/p\.yaml:6\) \[OBOL-Y001\]$/m,
  )
  assert.deepEqual([shop.stored(), shop.journal()], [before, journal])
  shop.write('policies/p.yaml', ceiling.replace('name: r,', 'name: r, severity: warning,'))
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0, 'a warning does not stop anything')
})
