//! The schedule and generic agent jobs.

table!(GenericAgentJobs = "generic_agent_jobs" {
    JobName "job_name" Varchar(200) required,
    JobKey "job_key" Varchar(200) required,
    JobValue "job_value" Varchar(200),
}
index {
    "generic_agent_jobs_job_name" (JobName),
});

table!(ProcessId = "process_id" {
    ProcessName "process_name" Varchar(200) required,
    ProcessId "process_id" Varchar(200) required,
    ProcessHost "process_host" Varchar(200) required,
    ProcessCreate "process_create" Integer required,
    ProcessChange "process_change" Integer required,
});

table!(SchedulerTask = "scheduler_task" {
    Id "id" BigInt required auto key,
    Ident "ident" BigInt required,
    Name "name" Varchar(150),
    TaskType "task_type" Varchar(150) required,
    TaskData "task_data" LongBlob required,
    Attempts "attempts" SmallInt required,
    LockKey "lock_key" BigInt required,
    LockTime "lock_time" Date,
    LockUpdateTime "lock_update_time" Date,
    CreateTime "create_time" Date required,
}
unique {
    "scheduler_task_ident" (Ident),
}
index {
    "scheduler_task_ident_id" (Ident, Id),
    "scheduler_task_lock_key_id" (LockKey, Id),
});

table!(SchedulerFutureTask = "scheduler_future_task" {
    Id "id" BigInt required auto key,
    Ident "ident" BigInt required,
    ExecutionTime "execution_time" Date required,
    Name "name" Varchar(150),
    TaskType "task_type" Varchar(150) required,
    TaskData "task_data" LongBlob required,
    Attempts "attempts" SmallInt required,
    LockKey "lock_key" BigInt required,
    LockTime "lock_time" Date,
    CreateTime "create_time" Date required,
}
unique {
    "scheduler_future_task_ident" (Ident),
}
index {
    "scheduler_future_task_ident_id" (Ident, Id),
    "scheduler_future_task_lock_key_id" (LockKey, Id),
});

table!(SchedulerRecurrentTask = "scheduler_recurrent_task" {
    Id "id" BigInt required auto key,
    Name "name" Varchar(150) required,
    TaskType "task_type" Varchar(150) required,
    LastExecutionTime "last_execution_time" Date required,
    LastWorkerTaskId "last_worker_task_id" BigInt,
    LastWorkerStatus "last_worker_status" SmallInt,
    LastWorkerRunningTime "last_worker_running_time" Integer,
    LockKey "lock_key" BigInt required,
    LockTime "lock_time" Date,
    CreateTime "create_time" Date required,
    ChangeTime "change_time" Date required,
}
unique {
    "scheduler_recurrent_task_name_task_type" (Name, TaskType),
}
index {
    "scheduler_recurrent_task_task_type_name" (TaskType, Name),
    "scheduler_recurrent_task_lock_key_id" (LockKey, Id),
});
