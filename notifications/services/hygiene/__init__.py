"""Which of FCM's answers may switch devices off, and when nobody is."""
