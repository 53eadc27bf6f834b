import { type BinaryOperationNode, type ColumnUpdateNode, type InsertQueryNode, PostgresQueryCompiler } from 'kysely';
import { fittedCondition, fittedInsert, fittedUpdate } from '../storedColumns';
import { storable } from '../storedText';

/** Every text of every statement is made what both drivers can store, so that no query can forget it. */
export class PostgresCompiler extends PostgresQueryCompiler {
	protected override visitBinaryOperation(node: BinaryOperationNode): void {
		super.visitBinaryOperation(fittedCondition(node));
	}

	protected override visitColumnUpdate(node: ColumnUpdateNode): void {
		super.visitColumnUpdate(fittedUpdate(node));
	}

	protected override visitInsertQuery(node: InsertQueryNode): void {
		super.visitInsertQuery(fittedInsert(node));
	}

	protected override appendValue(parameter: unknown): void {
		super.appendValue(typeof parameter === 'string' ? storable(parameter) : parameter);
	}
}
