import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Box, layOut } from '../../src/formats/html-layout.ts'

/** Graphs without cycles: a box waits for earlier ones only. */
const graphs = fc
  .array(fc.array(fc.nat({ max: 60 }), { maxLength: 4 }), { maxLength: 60 })
  .map((edges): readonly Box[] =>
    edges.map((others, id) => ({ id, after: [...new Set(others.filter((other) => other < id))] })),
  )

test('default: layers by the longest way, islands beside each other while there is room', () => {
  const boxes = [
    { id: 0, after: [] },
    { id: 1, after: [0] },
    { id: 2, after: [0, 1] },
    { id: 3, after: [] },
    { id: 4, after: [] },
  ]
  assert.deepEqual(layOut(boxes, 4), {
    slots: [
      { id: 0, column: 0, row: 0 },
      { id: 1, column: 1, row: 0 },
      { id: 2, column: 2, row: 0 },
      { id: 3, column: 3, row: 0 },
      { id: 4, column: 0, row: 1 },
    ],
    columns: 4,
    rows: 2,
  })
})

test('behavior: nothing is no room', () => {
  assert.deepEqual(layOut([], 4), { slots: [], columns: 0, rows: 0 })
})

test('behavior: every box has a place of its own, to the right of what it waits for', () => {
  fc.assert(
    fc.property(graphs, fc.integer({ min: 1, max: 6 }), (boxes, width) => {
      const { slots, columns, rows } = layOut(boxes, width)
      const at = new Map(slots.map((slot) => [slot.id, slot]))
      assert.equal(at.size, boxes.length)
      assert.equal(new Set(slots.map(({ column, row }) => `${column}/${row}`)).size, boxes.length)
      for (const { id, after } of boxes) {
        const column = at.get(id)?.column ?? -1
        for (const other of after) assert.ok((at.get(other)?.column ?? columns) < column)
      }
      for (const { column, row } of slots) assert.ok(column < columns && row < rows)
    }),
  )
})

test('behavior: a cycle has an end', () => {
  const { slots } = layOut(
    [
      { id: 0, after: [1] },
      { id: 1, after: [0] },
    ],
    4,
  )
  assert.equal(slots.length, 2)
})
