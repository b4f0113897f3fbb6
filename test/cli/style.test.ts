import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStyle, hasFlag, wantsColour } from '../../src/cli/style.ts'

test('default: colour on a terminal, none elsewhere', () => {
  assert.equal(wantsColour({}, true, []), true)
  assert.equal(wantsColour({}, false, []), false)
})

test('behavior: NO_COLOR, TERM=dumb, FORCE_COLOR and --no-color', () => {
  assert.equal(wantsColour({ NO_COLOR: '1' }, true, []), false)
  assert.equal(wantsColour({ NO_COLOR: '' }, true, []), true)
  assert.equal(wantsColour({ TERM: 'dumb' }, true, []), false)
  assert.equal(wantsColour({ FORCE_COLOR: '1' }, false, []), true)
  assert.equal(wantsColour({ FORCE_COLOR: '0' }, true, []), false)
  assert.equal(wantsColour({ FORCE_COLOR: '1', NO_COLOR: '1' }, false, []), true)
  assert.equal(wantsColour({ FORCE_COLOR: '1' }, true, ['plan', '--no-color']), false)
})

test('behavior: a flag after -- is an argument', () => {
  assert.equal(hasFlag(['validate', '--json'], '--json'), true)
  assert.equal(hasFlag(['validate', '--', '--json'], '--json'), false)
})

test('behavior: without colour a style changes nothing; an empty text stays empty', () => {
  assert.equal(createStyle(false).red('x'), 'x')
  assert.equal(createStyle(true).red('x'), '\u001b[31mx\u001b[39m')
  assert.equal(createStyle(true).bold(''), '')
})
