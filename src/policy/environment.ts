import { Environment } from '@marcbachmann/cel-js'
import { compareDecimals, DecimalValue, decimalValue } from './decimal-type.ts'

/** What both kinds of rules have: exact decimals, and addresses in one form. Made anew, since registering changes it. */
function commonEnvironment(): Environment {
  return new Environment({ enableOptionalTypes: true, limits: { maxAstNodes: 2_000, maxDepth: 60 } })
    .registerType('Decimal', { ctor: DecimalValue, fields: {} })
    .registerFunction('decimal(string): Decimal', decimalValue)
    .registerFunction('string(Decimal): string', (value: DecimalValue) => value.toString())
    .registerOperator('Decimal < Decimal', (a: DecimalValue, b: DecimalValue) => compareDecimals(a, b) < 0)
    .registerOperator('Decimal <= Decimal', (a: DecimalValue, b: DecimalValue) => compareDecimals(a, b) <= 0)
    .registerOperator('Decimal > Decimal', (a: DecimalValue, b: DecimalValue) => compareDecimals(a, b) > 0)
    .registerOperator('Decimal >= Decimal', (a: DecimalValue, b: DecimalValue) => compareDecimals(a, b) >= 0)
    .registerOperator('Decimal == Decimal', (a: DecimalValue, b: DecimalValue) => compareDecimals(a, b) === 0)
    .registerFunction('addresses(list<string>): list<string>', (list: readonly string[]) => list.map(address))
}

function address(text: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new Error(`${JSON.stringify(text)} is no address`)
  return text.toLowerCase()
}

/** For rules over offers: the variable `offer`. */
export function offerEnvironment(): Environment {
  return commonEnvironment().registerVariable('offer', {
    description: 'One way to pay for one offer.',
    schema: {
      name: 'string',
      namespace: 'string',
      type: 'string',
      network: 'string',
      token: 'string',
      payTo: 'string',
      price: 'Decimal',
      unit: 'string',
      perRequest: 'Decimal',
      path: 'string',
      labels: 'map<string, string>',
      registered: 'bool',
      registration: 'map<string, dyn>',
      spec: 'map<string, dyn>',
    },
  })
}

/** For rules over plans: the variable `plan`. */
export function planEnvironment(): Environment {
  return commonEnvironment().registerVariable('plan', {
    description: 'What an apply would do, in numbers.',
    schema: {
      create: 'int',
      update: 'int',
      adopt: 'int',
      delete: 'int',
      nullOuts: 'int',
      transfers: 'int',
      conflicts: 'int',
      mint: 'int',
      orphans: 'int',
      fees: 'map<string, Decimal>',
    },
  })
}
