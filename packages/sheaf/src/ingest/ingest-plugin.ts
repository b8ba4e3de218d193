import { defineTool, type Display, definePlugin, type Plugin, type Tool, type ToolContext } from '@sheaf/core';
import { type DataRepositories, type DataScope, type DataService, dataRef } from '@sheaf/db';
