"""A backend for the public: functions come by `convexgen deploy`, errors are not told, its state can be watched."""
