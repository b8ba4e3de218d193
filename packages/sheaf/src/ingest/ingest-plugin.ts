import {
  type Access,
  type AnyTool,
  type Display,
  definePlugin,
  defineTool,
  type Plugin,
  type Tool,
  type ToolContext,
} from '@sheaf/core';
import { type DataRepositories, type DataScope, type DataService, dataRef } from '@sheaf/db';
import { z } from 'zod';
